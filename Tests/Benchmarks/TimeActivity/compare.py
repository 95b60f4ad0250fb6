"""Voxel-wise two-parameter time-activity fits: this project beside vectorised numpy, in one run.

usage: compare.py BENCH_TIMEACTIVITY [VOXELS]

The peer is Gauss-Newton on A and ln k for all voxels at once, started from a log-linear line
(unweighted), with the 2 x 2 normal equations written out, as one would in numpy. Both fit the
same noisy mono-exponential samples; both are compared with a fit in double precision carried to
convergence.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy

HOURS = [4.0, 24.0, 72.0, 120.0]
SLOWEST, FASTEST = numpy.log(2) / 159.463, numpy.log(2)


def gauss_newton(y, iterations, dtype):
    y = y.astype(dtype)
    # Plain float64 bounds would promote the whole fit to double precision.
    slowest, fastest = dtype(SLOWEST), dtype(FASTEST)
    t = numpy.array(HOURS, dtype)[:, None]
    l = numpy.log(numpy.maximum(y, 1e-6))
    tm, lm = t.mean(), l.mean(axis=0)
    k = -((t - tm) * (l - lm)).sum(axis=0) / ((t - tm) ** 2).sum()
    k = numpy.clip(k, slowest, fastest)
    a = numpy.exp(lm + k * tm)
    for _ in range(iterations):
        e = numpy.exp(-k * t)
        r = y - a * e
        d = -a * t * e
        ee, ed, dd = (e * e).sum(axis=0), (e * d).sum(axis=0), (d * d).sum(axis=0)
        er, dr = (e * r).sum(axis=0), (d * r).sum(axis=0)
        determinant = ee * dd - ed * ed
        a = a + (dd * er - ed * dr) / determinant
        k = numpy.clip(k + (ee * dr - ed * er) / determinant, slowest, fastest)
    e = numpy.exp(-k * t)
    a = (e * y).sum(axis=0) / (e * e).sum(axis=0)
    return a / k


def main():
    tool = sys.argv[1]
    voxels = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000_000
    random = numpy.random.default_rng(11)
    amplitude = random.uniform(20, 200, voxels)
    half_life = numpy.exp(random.normal(numpy.log(50), 0.25, voxels)).clip(15, 120)
    truth = amplitude * half_life / numpy.log(2)
    t = numpy.array(HOURS)[:, None]
    clean = amplitude * numpy.exp2(-t / half_life)
    noisy = clean + random.normal(0, 1, clean.shape) * 0.03 * amplitude
    with tempfile.TemporaryDirectory() as folder:
        for n, scan in enumerate(noisy.astype(numpy.float32)):
            scan.tofile(f"{folder}/scan{n}.f32")
        samples = noisy.astype(numpy.float32)
        ours, numpys = [], []
        for _ in range(3):
            out = subprocess.run(
                [tool, folder, str(voxels)] + [str(h) for h in HOURS], check=True,
                capture_output=True, text=True)
            ours.append(json.loads(out.stdout)["wall_s"])
            start = time.perf_counter()
            peer = gauss_newton(samples, 8, numpy.float64)
            numpys.append(time.perf_counter() - start)
        mine = numpy.fromfile(f"{folder}/integral.f32", numpy.float32)
    reference = gauss_newton(samples, 60, numpy.float64)
    print(f"machine: {os.cpu_count()} cores, numpy {numpy.__version__}, {voxels} voxels, "
          f"{len(HOURS)} scans, medians of 3 interleaved runs")

    def error(x, other):
        off = numpy.abs(x / other - 1)
        return f"median {numpy.median(off):.2e}, 99.9 % below {numpy.quantile(off, 0.999):.2e}"

    a, b = sorted(ours)[1], sorted(numpys)[1]
    print(f"figure: ours {a:.3f} s, numpy Gauss-Newton (8 steps) {b:.3f} s, "
          f"{b / a:.1f} times faster")
    print(f"figure: TIA against the converged fit, ours: {error(mine, reference)}")
    print(f"figure: TIA against the converged fit, numpy: {error(peer, reference)}")
    print(f"figure: TIA against truth, ours: {error(mine, truth)}")


main()
