"""peers.py FOLDER METHOD: one registration by another tool, in a process of its own.

FOLDER is one grid of one pair. Both images are in memory before the clock starts, as for ours.
Prints one JSON line: wall and processor seconds, peak memory in MiB, the mapped landmarks.
"""
import json
import os
import resource
import shutil
import sys
import tempfile
import time

THREADS = 2
for name in ("ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = str(THREADS)
import numpy as np


class Clock:
    """Wall and processor time of the block it encloses."""

    @staticmethod
    def processor():
        both = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(u.ru_utime + u.ru_stime for u in both)

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), self.processor()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self.wall, self.processor() - self.cpu


class Pair:
    def __init__(self, folder):
        self.geometry = json.load(open(f"{folder}/geometry.json"))
        self.folder = folder
        self.landmarks = np.array([l["baseline"] for l in json.load(open(f"{folder}/truth.json"))["landmarks"]])

    def image(self, name, toolkit):
        """An image of SimpleITK or ITK."""
        g = self.geometry[name]
        voxels = np.fromfile(f"{self.folder}/{name}.f32", "<f4").reshape(g["size"][::-1])
        image = toolkit.GetImageFromArray(voxels) if hasattr(toolkit, "GetImageFromArray") else toolkit.image_from_array(voxels)
        image.SetSpacing(g["spacing_mm"])
        image.SetOrigin(g["origin_mm"])
        return image

    def both(self, toolkit):
        return self.image("base", toolkit), self.image("fol", toolkit)


def elastix(pair, rigid_levels, rigid_iterations, levels=0, iterations=0):
    """Mattes mutual information, about 2000 samples, steps estimated from the displacement
    distribution; B-spline nodes every 20 mm and no bending penalty: the best settings found."""
    import itk
    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(THREADS)
    fixed, moving = pair.both(itk)
    parameters = itk.ParameterObject.New()
    stages = [("rigid", rigid_levels, rigid_iterations)] + [("bspline", levels, iterations)] * (levels > 0)
    for kind, n, steps in stages:
        p = parameters.GetDefaultParameterMap(kind, n, 20.0) if kind == "bspline" else parameters.GetDefaultParameterMap(kind, n)
        p["WriteResultImage"], p["MaximumNumberOfSamplingAttempts"] = ["false"], ["8"]
        p["MaximumNumberOfIterations"] = [str(steps)]
        if kind == "bspline":
            p["Registration"], p["Metric"] = ["MultiResolutionRegistration"], ["AdvancedMattesMutualInformation"]
        if levels:
            p["ASGDParameterEstimationMethod"] = ["DisplacementDistribution"]
        parameters.AddParameterMap(p)
    with Clock() as clock:
        run = itk.ElastixRegistrationMethod.New(fixed, moving)
        run.SetParameterObject(parameters)
        run.SetNumberOfThreads(THREADS)
        run.LogToConsoleOff()
        run.Update()
    return clock, elastix_points(itk, moving, run.GetTransformParameterObject(), pair.landmarks)


def elastix_points(itk, moving, transform, landmarks):
    folder = tempfile.mkdtemp()
    with open(f"{folder}/points.txt", "w") as f:
        f.write(f"point\n{len(landmarks)}\n" + "\n".join(" ".join("%.6f" % v for v in p) for p in landmarks))
    mapper = itk.TransformixFilter.New(moving)
    mapper.SetTransformParameterObject(transform)
    mapper.SetFixedPointSetFileName(f"{folder}/points.txt")
    mapper.SetOutputDirectory(folder)
    mapper.Update()
    lines = open(f"{folder}/outputpoints.txt").read().splitlines()
    shutil.rmtree(folder)
    return [[float(v) for v in l.split("OutputPoint = [")[1].split("]")[0].split()] for l in lines]


def greedy(pair, iterations):
    """NMI rigid, then local correlation over 9 voxels within a mask of the body."""
    import SimpleITK as sitk
    from picsl_greedy import GreedyFloat3D
    folder = tempfile.mkdtemp()
    fixed, moving = pair.both(sitk)
    images = dict(f=fixed, m=moving)
    g = GreedyFloat3D()
    with Clock() as clock:
        images["bm"] = sitk.BinaryThreshold(fixed, -500, 4000, 1, 0)
        common = f"-d 3 -threads {THREADS}"
        g.execute(f"{common} -a -dof 6 -i f m -o {folder}/rigid.mat -ia-identity -n 100x50x0 -m NMI -gm bm", **images)
        g.execute(f"{common} -i f m -it {folder}/rigid.mat -o {folder}/warp.nii -n {iterations} -m NCC 4x4x4 "
                  "-e 1.0 -s 1.732vox 0.707vox -gm bm", **images)
    # Its matrix is in RAS, ours in LPS.
    flip = np.diag([-1, -1, 1, 1.0])
    rigid = flip @ np.loadtxt(f"{folder}/rigid.mat") @ flip
    warp = sitk.DisplacementFieldTransform(sitk.ReadImage(f"{folder}/warp.nii", sitk.sitkVectorFloat64))
    shutil.rmtree(folder)
    moved = np.array([warp.TransformPoint(p.tolist()) for p in pair.landmarks])
    return clock, (moved @ rigid[:3, :3].T + rigid[:3, 3]).tolist()


def sitk_rigid(sitk, fixed, moving):
    """Mattes mutual information with 50 bins on 2 % of the voxels."""
    run = sitk.ImageRegistrationMethod()
    run.SetMetricAsMattesMutualInformation(50)
    run.SetMetricSamplingStrategy(run.RANDOM)
    run.SetMetricSamplingPercentage(0.02, 1)
    run.SetInterpolator(sitk.sitkLinear)
    run.SetOptimizerAsRegularStepGradientDescent(2.0, 1e-3, 100, 0.6, 1e-6)
    run.SetOptimizerScalesFromPhysicalShift()
    run.SetShrinkFactorsPerLevel([8, 4])
    run.SetSmoothingSigmasPerLevel([4, 2])
    run.SmoothingSigmasAreSpecifiedInPhysicalUnitsOff()
    start = sitk.CenteredTransformInitializer(fixed, moving, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY)
    start = sitk.Euler3DTransform(start)
    start.SetTranslation((0, 0, 0))
    run.SetInitialTransform(start, inPlace=True)
    run.Execute(fixed, moving)
    return start


def simpleitk(pair):
    import SimpleITK as sitk
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(THREADS)
    fixed, moving = pair.both(sitk)
    with Clock() as clock:
        transform = sitk_rigid(sitk, fixed, moving)
    return clock, [transform.TransformPoint(p.tolist()) for p in pair.landmarks]


def convexadam(pair, voxel=4.0):
    """Coupled convex search on MIND features, then Adam; after SimpleITK's rigid stage."""
    import SimpleITK as sitk
    import torch
    from convexAdam.convex_adam_MIND import convex_adam_pt
    torch.set_num_threads(THREADS)
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(THREADS)
    fixed, moving = pair.both(sitk)
    with Clock() as clock:
        rigid = sitk_rigid(sitk, fixed, moving)
        size = [int(round(n * s / voxel)) for n, s in zip(fixed.GetSize(), fixed.GetSpacing())]
        grid = sitk.Image(size, sitk.sitkFloat32)
        grid.SetSpacing([voxel] * 3)
        grid.SetOrigin(fixed.GetOrigin())

        def seen(image, transform):
            smooth = sitk.SmoothingRecursiveGaussian(image, [voxel / 3] * 3)
            return torch.from_numpy(sitk.GetArrayFromImage(sitk.Resample(smooth, grid, transform, sitk.sitkLinear, -1000.0)))

        u = np.asarray(convex_adam_pt(
            img_fixed=seen(fixed, sitk.Transform()), img_moving=seen(moving, rigid), grid_sp=6, disp_hw=4,
            grid_sp_adam=2, selected_niter=80, verbose=False))
    field = sitk.GetImageFromArray(np.ascontiguousarray(u[..., ::-1].astype(np.float64) * voxel), isVector=True)
    field.CopyInformation(grid)
    warp = sitk.DisplacementFieldTransform(field)
    return clock, [rigid.TransformPoint(warp.TransformPoint(p.tolist())) for p in pair.landmarks]


METHODS = {
    "elastix-rigid-2x100": lambda p: elastix(p, 2, 100),
    "elastix-rigid-3x50": lambda p: elastix(p, 3, 50),
    "simpleitk-rigid": simpleitk,
    "elastix-2x150": lambda p: elastix(p, 2, 50, 2, 150),
    "elastix-3x150": lambda p: elastix(p, 3, 50, 3, 150),
    "elastix-4x250": lambda p: elastix(p, 4, 250, 4, 250),
    "elastix-4x500": lambda p: elastix(p, 4, 250, 4, 500),
    "greedy-100x50": lambda p: greedy(p, "100x50x0"),
    "convexadam": convexadam,
}

if __name__ == "__main__":
    pair = Pair(sys.argv[1])
    clock, points = METHODS[sys.argv[2]](pair)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(wall=clock.wall, cpu=clock.cpu, peak_mb=peak, points=[list(map(float, p)) for p in points])))
