"""Outlines, metrics and identity of 60 lesions at 4 time points: bench-lesions beside the usual
SciPy and scikit-image way, on the same images, with the results compared.

The peers' way: label the voxels above SUV 4 (26 neighbours), drop what is below 0.5 mL, maximum,
mean and volume of each label, SUVpeak as the highest mean over a 1 mL sphere of voxels centred in
the lesion (a convolution of the whole image with SciPy, of each lesion's box with scikit-image),
and SciPy's linear_sum_assignment from each time point to the next in the reference frame.
"""
import json, math, subprocess, sys, tempfile, time
from pathlib import Path
import numpy as np
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from skimage.measure import label as sk_label, regionprops

LEVEL, LEAST_ML = 4.0, 0.5


def sphere(spacing):
    radius = (3000 / (4 * math.pi)) ** (1 / 3)
    n = int(radius // spacing)
    axis = np.arange(-n, n + 1) * spacing
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    kernel = ((x * x + y * y + z * z) <= radius * radius).astype(np.float32)
    return kernel / kernel.sum(), n


def with_scipy(image, spacing):
    inside = image >= LEVEL
    labels, count = ndimage.label(inside, structure=np.ones((3, 3, 3)))
    index = np.arange(1, count + 1)
    voxels = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    voxel_ml = spacing**3 / 1000
    keep = index[voxels * voxel_ml >= LEAST_ML]
    peak_map = ndimage.convolve(image, sphere(spacing)[0], mode="constant")
    maximum = ndimage.maximum(image, labels, keep)
    mean = ndimage.mean(image, labels, keep)
    peak = ndimage.maximum(peak_map, labels, keep)
    centre = ndimage.center_of_mass(inside, labels, keep)
    return [
        dict(voxels=int(voxels[n - 1]), max=float(a), mean=float(b), peak=float(p),
             volume=float(voxels[n - 1] * voxel_ml), centroid=np.array(c)[::-1] * spacing)
        for n, a, b, p, c in zip(keep, maximum, mean, peak, centre)
    ]


def with_skimage(image, spacing):
    labels = sk_label(image >= LEVEL, connectivity=3)
    voxel_ml = spacing**3 / 1000
    kernel, reach = sphere(spacing)
    found = []
    for region in regionprops(labels, intensity_image=image):
        if region.area * voxel_ml < LEAST_ML:
            continue
        low = [max(a - reach, 0) for a in region.bbox[:3]]
        box = tuple(slice(a, b + reach) for a, b in zip(low, region.bbox[3:]))
        means = ndimage.convolve(image[box], kernel, mode="constant")
        found.append(
            dict(voxels=int(region.area), max=float(region.intensity_max),
                 mean=float(region.intensity_mean), volume=float(region.area * voxel_ml),
                 peak=float(means[labels[box] == region.label].max()),
                 centroid=np.array(region.centroid)[::-1] * spacing))
    return found


def identity(lesions, links, origins):
    def reference(lesion, n):
        r, t = np.array(links[n]["rotation"]), np.array(links[n]["translation"][0])
        return r.T @ (lesion["centroid"] + origins[n] - t)

    places = [np.array([reference(x, n) for x in found]) for n, found in enumerate(lesions)]
    pairs = []
    for a, b in zip(places, places[1:]):
        cost = np.linalg.norm(a[:, None] - b[None], axis=2)
        cost = np.where(cost > 20, 1e6, cost)
        rows, columns = linear_sum_assignment(cost)
        pairs.append({(int(i), int(j)) for i, j in zip(rows, columns) if cost[i, j] < 1e6})
    return pairs


def best_of_three(run):
    best, value = math.inf, None
    for _ in range(3):
        start = time.perf_counter()
        value = run()
        best = min(best, time.perf_counter() - start)
    return best, value


def main():
    with tempfile.TemporaryDirectory() as folder:
        ours = json.loads(subprocess.run([sys.argv[1], folder], check=True, capture_output=True,
                                         text=True).stdout)
        scene = json.loads((Path(folder) / "scene.json").read_text())
        images = [
            np.fromfile(Path(folder) / f"v{n}.f32", np.float32)
            .reshape([int(x) for x in grid[0]][::-1])
            for n, grid in enumerate(scene["grids"])
        ]
    spacing, links = scene["spacing"], scene["links"]
    origins = [np.array(grid[1]) for grid in scene["grids"]]
    found = scene["found"]["lesions"]
    print(f"{len(images)} images of {images[0].shape[::-1]} and fewer slices, "
          f"{[len(x) for x in found]} regions above SUV {LEVEL}")
    print(f"bench-lesions: outlines {ours['outlines']:.3f} s, metrics {ours['metrics']:.3f} s, "
          f"identity {ours['identity']:.3f} s, all {ours['all']:.3f} s")
    times = {}
    for name, way in (("SciPy", with_scipy), ("scikit-image", with_skimage)):
        def run():
            lesions = [way(image, spacing) for image in images]
            return lesions, identity(lesions, links, origins)
        times[name], (lesions, pairs) = best_of_three(run)
        print(f"{name}: all {times[name]:.3f} s, {times[name] / ours['all']:.1f} times ours")
        compare(name, lesions, pairs, found, scene["found"]["tracks"])
    fastest = min(times, key=times.get)
    print(f"figure: {times[fastest] / ours['all']:.1f} times faster than {fastest}, "
          f"the faster of the two")


def compare(name, theirs, pairs, ours, tracks):
    worst = dict(max=0.0, mean=0.0, volume=0.0)
    peaks, match = [], []
    for a, b in zip(theirs, ours):
        assert len(a) == len(b), f"{name} found {len(a)} regions, we found {len(b)}"
        numbers = {}
        for n, lesion in enumerate(a):
            m = min(range(len(b)), key=lambda m: abs(b[m]["max"] - lesion["max"])
                    + abs(b[m]["voxels"] - lesion["voxels"]))
            assert b[m]["voxels"] == lesion["voxels"]
            numbers[m] = n
            for key in worst:
                worst[key] = max(worst[key], abs(b[m][key] / lesion[key] - 1))
            if lesion["peak"] > 0 and b[m]["peak"] > 0:
                peaks.append(b[m]["peak"] / lesion["peak"])
        match.append(numbers)
    same = of = 0
    for track in tracks:
        for t in range(len(track) - 1):
            if track[t] is not None and track[t + 1] is not None:
                of += 1
                same += (match[t][track[t]], match[t + 1][track[t + 1]]) in pairs[t]
    print(f"  against {name}: voxels equal; largest difference of maximum {worst['max']:.1e}, mean "
          f"{worst['mean']:.1e}, volume {worst['volume']:.1e}; our SUVpeak {min(peaks):.3f} to "
          f"{max(peaks):.3f} of theirs (ours is continuous); {same} of {of} of our steps are theirs")


if __name__ == "__main__":
    main()
