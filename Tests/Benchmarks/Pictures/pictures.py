"""200 slices of 512 x 512 as PNG: this project, Pillow and matplotlib, interleaved, in one run.

usage: pictures.py BENCH_PICTURES [REPEATS]

Prints medians of wall and processor time, sizes, and whether the files say the same: every
pixel of ours is decoded by Pillow and compared with the window applied by NumPy.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import matplotlib
import matplotlib.image
import numpy
from PIL import Image

LOWER, UPPER = numpy.float32(-200), numpy.float32(300)
SLICES = 200


def levels(hu):
    """The window as this project applies it: nearest of 256 levels."""
    steps = (hu - LOWER) * numpy.float32(255 / (float(UPPER) - float(LOWER)))
    return numpy.rint(numpy.clip(steps, 0, 255)).astype(numpy.uint8)


def timed(body):
    cpu, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    body()
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_SELF)
    return wall, after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime


def size(folder):
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith("png"))


def ours(tool, data, folder, depth):
    out = subprocess.run([tool, data, folder, depth], check=True, capture_output=True, text=True)
    row = json.loads(out.stdout)
    return row["wall_s"], row["cpu_s"]


def peers(hu, colours, folder):
    """Every peer gets its window applied beforehand, as floats from 0 to 1."""
    v = numpy.clip((hu - LOWER) / (UPPER - LOWER), 0, 1)
    table = colours.astype(numpy.uint8)

    def palette(level):
        for n in range(SLICES):
            image = Image.fromarray((v[n] * 255 + 0.5).astype(numpy.uint8), "L")
            image.putpalette(table.tobytes())
            image.save(f"{folder}/slice-{n + 1:03d}.png", compress_level=level)

    def rgb(level):
        for n in range(SLICES):
            image = Image.fromarray(table[(v[n] * 255 + 0.5).astype(numpy.uint8)])
            image.save(f"{folder}/slice-{n + 1:03d}.png", compress_level=level)

    def grey16():
        for n in range(SLICES):
            image = Image.fromarray((hu[n] + 1024).astype(numpy.uint16))
            image.save(f"{folder}/slice-{n + 1:03d}.png", compress_level=6)

    def imsave():
        for n in range(SLICES):
            matplotlib.image.imsave(f"{folder}/slice-{n + 1:03d}.png", v[n], cmap="inferno")

    return {
        "Pillow palette, level 6": lambda: palette(6),
        "Pillow palette, level 1": lambda: palette(1),
        "Pillow RGB, level 6": lambda: rgb(6),
        "Pillow 16-bit grey, level 6": grey16,
        "matplotlib imsave": imsave,
    }


def check(hu, folder, grey):
    """Decodes all of ours; exact for colours, exact in HU for 16 bits."""
    scale = json.load(open(f"{grey}/slices.json"))["sample_scale"]
    wrong = wrong16 = 0
    for n in range(SLICES):
        image = Image.open(f"{folder}/slice-{n + 1:03d}.png")
        assert image.mode == "P", image.mode
        wrong += int((numpy.asarray(image) != levels(hu[n])).sum())
        words = numpy.asarray(Image.open(f"{grey}/slice-{n + 1:03d}.png")).astype(numpy.float64)
        values = scale["value_at_0"] + words * scale["value_per_step"]
        wrong16 += int((values != hu[n]).sum())
    print(f"pixels that differ: colours {wrong}, 16-bit {wrong16}, of {hu.size}")
    return wrong == 0 and wrong16 == 0


def main():
    tool, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    base = tempfile.mkdtemp(dir=os.environ.get("BENCH_TMP"))
    data = os.environ.get("BENCH_DATA") or f"{base}/ct.f32"
    if not os.path.exists(data):
        subprocess.run([tool, "--data", data], check=True)
    hu = numpy.fromfile(data, numpy.float32)
    side = int((hu.size / SLICES) ** 0.5)
    hu = hu.reshape(SLICES, side, side)
    folders = {name: f"{base}/{name}" for name in ("ours", "ours16", "peer")}
    for folder in folders.values():
        os.mkdir(folder)
    colours = (matplotlib.colormaps["inferno"](numpy.linspace(0, 1, 256))[:, :3] * 255).round()
    runs, sizes = {}, {}
    for _ in range(repeats):
        cases = {
            "ours, palette": lambda: ours(tool, data, folders["ours"], "colours"),
            "ours, 16-bit grey": lambda: ours(tool, data, folders["ours16"], "grey16"),
        }
        for name, body in cases.items():
            runs.setdefault(name, []).append(body())
        sizes["ours, palette"] = size(folders["ours"])
        sizes["ours, 16-bit grey"] = size(folders["ours16"])
        for name, body in peers(hu, colours, folders["peer"]).items():
            runs.setdefault(name, []).append(timed(body))
            sizes[name] = size(folders["peer"])
    best = statistics.median(wall for wall, _ in runs["ours, palette"])
    print(f"{'200 slices':30} {'wall s':>8} {'CPU s':>8} {'MB':>7} {'times ours, palette':>20}")
    for name, values in runs.items():
        wall = statistics.median(v[0] for v in values)
        cpu = statistics.median(v[1] for v in values)
        print(f"{name:30} {wall:8.3f} {cpu:8.3f} {sizes[name] / 1e6:7.2f} {wall / best:20.2f}")
    fine = check(hu, folders["ours"], folders["ours16"])
    shutil.rmtree(base)
    sys.exit(0 if fine else 1)


main()
