"""Warps of hospital size: this project and SimpleITK, interleaved, in one run.

usage: warp.py BENCH_WARP [REPEATS]

Prints medians (and the least disturbed run) of wall and processor time, the ratio, and how far
the results lie apart.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import SimpleITK as sitk

THREADS = min(2, os.cpu_count() or 1)
CT = dict(size=(512, 512, 250), spacing=(0.9766, 0.9766, 3.0), origin=(-249.5, -249.5, -375.0))
PET = dict(size=(200, 200, 190), spacing=(4.0728, 4.0728, 4.0), origin=(-405.2, -405.2, -380.0))


def image(path, grid, components=None):
    shape = grid["size"][::-1] + ((components,) if components else ())
    samples = numpy.fromfile(path, numpy.float32).reshape(shape)
    result = sitk.GetImageFromArray(samples, isVector=bool(components))
    result.SetSpacing(grid["spacing"])
    result.SetOrigin(grid["origin"])
    return result


def rotation():
    """Rodrigues' formula for the vector (0.03, 0.02, 0.04)."""
    vector = numpy.array([0.03, 0.02, 0.04])
    angle = numpy.linalg.norm(vector)
    x, y, z = vector / angle
    k = numpy.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return numpy.eye(3) + numpy.sin(angle) * k + (1 - numpy.cos(angle)) * k @ k


def timed(body):
    cpu, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = body()
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    return result, wall, cpu


def peers(folder):
    pet, ct = image(f"{folder}/pet.f32", PET), image(f"{folder}/ct.f32", CT)
    field = sitk.Cast(image(f"{folder}/field.f32", PET, 3), sitk.sitkVectorFloat64)
    deform = sitk.DisplacementFieldTransform(field)
    rigid = sitk.AffineTransform(rotation().flatten().tolist(), (3.0, 4.0, 5.0))
    identity = sitk.Transform(3, sitk.sitkIdentity)
    return {
        "PET to CT grid, identity": lambda: sitk.Resample(pet, ct, identity, sitk.sitkLinear, 0.0),
        "PET to CT grid, rigid": lambda: sitk.Resample(pet, ct, rigid, sitk.sitkLinear, 0.0),
        "PET to CT grid, deformable": lambda: sitk.Resample(pet, ct, deform, sitk.sitkLinear, 0.0),
        "CT to CT grid, rigid": lambda: sitk.Resample(ct, ct, rigid, sitk.sitkLinear, -1000.0),
    }


def apart(ours, theirs):
    """Mean and 99.9 % difference where both see, in parts of the image's standard deviation."""
    a = numpy.fromfile(ours, numpy.float32)
    b = sitk.GetArrayViewFromImage(theirs).ravel()
    seen = (a != 0) & (b != 0)
    difference = numpy.abs(a[seen] - b[seen]) / numpy.std(a[seen])
    return float(difference.mean()), float(numpy.quantile(difference, 0.999))


def main():
    bench, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(THREADS)
    ours, theirs = {}, {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_TMP")) as folder:
        subprocess.run([bench, "--write", folder], check=True)
        cases = peers(folder)
        results = {name: body() for name, body in cases.items()}
        for name, file in (("rigid", "pet-rigid"), ("deformable", "pet-field")):
            mean, most = apart(f"{folder}/{file}.f32", results[f"PET to CT grid, {name}"])
            print(f"{name}: results differ by {mean:.1e} (mean), {most:.1e} (99.9 %) "
                  "standard deviations of the image")
        results.clear()
        for _ in range(repeats):
            lines = subprocess.run([bench], check=True, capture_output=True, text=True).stdout
            for line in lines.splitlines():
                row = json.loads(line)
                ours.setdefault(row["case"], []).append((row["wall_s"], row["cpu_s"]))
            for name, body in cases.items():
                theirs.setdefault(name, []).append(timed(body)[1:])
    accuracy = subprocess.run([bench, "--accuracy"], check=True, capture_output=True, text=True)
    print(accuracy.stdout.strip())
    print(f"{repeats} repeats, {THREADS} threads; median wall (least) / median CPU seconds")
    for name in cases:
        (a, b), row = (ours[name], theirs[name]), []
        for runs in (a, b):
            wall, cpu = [r[0] for r in runs], [r[1] for r in runs]
            row.append(f"{statistics.median(wall):.3f} ({min(wall):.3f}) / "
                       f"{statistics.median(cpu):.3f}")
        ratio = statistics.median(r[0] for r in b) / statistics.median(r[0] for r in a)
        ratio_cpu = statistics.median(r[1] for r in b) / statistics.median(r[1] for r in a)
        print(f"{name:28} ours {row[0]}   SimpleITK {row[1]}   "
              f"{ratio:.1f} times faster ({ratio_cpu:.1f} by CPU)")


main()
