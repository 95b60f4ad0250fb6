"""The two convolutions of bench-dose by SciPy's FFT with two workers, timed and compared.

usage: compare.py BENCH_DOSE FOLDER

The peer gets every kindness: single precision, padding by the kernel's reach only, the fastest
lengths, one forward transform of the activity for both kernels, and kernels transformed at their
own size. `with kernels` counts the transforms of the kernels, as ours does; `without kernels` does
not. The truth for both errors is the same in double precision.
"""
import json
import pathlib
import subprocess
import sys
import time

import numpy
import scipy.fft

tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
JOULES_PER_MEV = 1.602176634e-13
WORKERS = 2


def ours():
    return json.loads(subprocess.check_output([tool, "convolution", str(folder)], text=True))


def load(name, size):
    return numpy.fromfile(folder / f"{name}.f32", numpy.float32).reshape(size[::-1])


def whole(octant, shape, dtype):
    """The kernel around place 0, wrapped, in an array of the padded shape."""
    out = numpy.zeros(shape, dtype)
    out[: octant.shape[0], : octant.shape[1], : octant.shape[2]] = octant
    for axis, length in enumerate(octant.shape):
        near = [slice(None)] * 3
        far = [slice(None)] * 3
        near[axis], far[axis] = slice(1, length), slice(-1, -length, -1)
        out[tuple(far)] = out[tuple(near)]
    return out


class Peer:
    def __init__(self, scene, dtype):
        size, electrons, photons = scene["size"]
        self.activity = load("activity", size).astype(dtype)
        self.density = load("density", size).astype(dtype)
        self.electrons = load("electrons", electrons).astype(dtype)
        self.photons = load("photons", photons).astype(dtype)
        self.scale = JOULES_PER_MEV / (scene["voxel_mL"] / 1000)
        self.shape = [
            scipy.fft.next_fast_len(n + k, real=True)
            for n, k in zip(size[::-1], photons[::-1])
        ]

    def kernels(self):
        return [
            scipy.fft.rfftn(whole(k, self.shape, k.dtype), workers=WORKERS)
            for k in (self.electrons, self.photons)
        ]

    def dose(self, kernels):
        nz, ny, nx = self.activity.shape
        spectrum = scipy.fft.rfftn(self.activity, self.shape, workers=WORKERS)
        back = [
            scipy.fft.irfftn(spectrum * k, self.shape, workers=WORKERS)[:nz, :ny, :nx]
            for k in kernels
        ]
        return (back[0] / numpy.maximum(self.density, 0.05) + back[1]) * self.scale


def timed(work):
    work()
    walls = []
    for _ in range(5):
        start = time.perf_counter()
        result = work()
        walls.append(time.perf_counter() - start)
    return sorted(walls)[2], result


mine = ours()
scene = json.loads((folder / "scene.json").read_text())
peer = Peer(scene, numpy.float32)
with_kernels, dose = timed(lambda: peer.dose(peer.kernels()))
kernels = peer.kernels()
without_kernels, _ = timed(lambda: peer.dose(kernels))
exact_peer = Peer(scene, numpy.float64)
exact = exact_peer.dose(exact_peer.kernels())
found = load("dose", scene["size"][0])


def error(values):
    difference = numpy.abs(values - exact)
    root_mean_square = numpy.sqrt((difference ** 2).mean())
    return {"largest_over_local": float((difference / exact).max()),
            "largest_over_maximum": float(difference.max() / exact.max()),
            "root_mean_square_over_mean": float(root_mean_square / exact.mean())}


print(json.dumps({"ours": mine, "our_error": error(found)}))
print(json.dumps({
    "scipy": scipy.__version__, "padded": peer.shape, "with_kernels_s": with_kernels,
    "without_kernels_s": without_kernels, "error": error(dose)}))
print(f"ours {mine['wall_s']:.3f} s, SciPy {with_kernels:.3f} s with its kernels' transforms "
      f"({with_kernels / mine['wall_s']:.2f} times), {without_kernels:.3f} s without "
      f"({without_kernels / mine['wall_s']:.2f} times)")
