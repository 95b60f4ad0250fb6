"""Load speed beside other readers, interleaved in one run: compare.py BENCH_LOAD FOLDER [REPEATS].

Writes the two series into FOLDER once, then times every reader in turn, REPEATS times (5), each in
a fresh process with a warm page cache, and prints medians. Exit code 1 when the readers disagree.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys

tool, folder = sys.argv[1:3]
repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 5
peers = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py")
scans = {"CT 512x512x250": ("ct", 512 * 512 * 250), "PET 200x200x190": ("pet", 200 * 200 * 190)}


def installed(method):
    if method == "dcm2niix":
        return shutil.which(method) is not None
    module = {"simpleitk": "SimpleITK"}.get(method, method)
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def run(command):
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def measure(kind):
    path = os.path.join(folder, kind)
    commands = {"theratrack": [tool, kind, path]}
    commands |= {m: [sys.executable, peers, m, path] for m in ("dcm2niix", "pydicom", "simpleitk", "gdcm") if installed(m)}
    for name in sorted(os.listdir(path)):  # warm the page cache
        with open(os.path.join(path, name), "rb") as f:
            f.read()
    runs = {m: [] for m in commands}
    for _ in range(repeats):
        for method, command in commands.items():
            runs[method].append(run(command))
    return {m: {key: statistics.median(r[key] for r in rows) for key in ("wall", "cpu", "base_mb", "peak_mb", "mean")}
            for m, rows in runs.items()}


os.makedirs(folder, exist_ok=True)
if not os.path.isdir(os.path.join(folder, "pet")):
    subprocess.run([tool, "write", folder], check=True)
agree = True
load = os.getloadavg()[0]
print(f"median of {repeats} interleaved runs, warm cache; load average {load:.1f} on {os.cpu_count()} cores")
for title, (kind, voxels) in scans.items():
    rows = measure(kind)
    own = rows["theratrack"]
    # The PET of theratrack is SUV, the others' is Bq/mL: it also holds the volume in Bq/mL.
    scale = 70_000 / 150e6 * 2 ** (3600 / 4062.6) if kind == "pet" else 1
    print(f"\n{title} ({voxels * 4 / 1e6:.0f} MB as float32)\n{'reader':12s} {'wall s':>8s} {'ratio':>6s} {'CPU s':>8s} {'ratio':>6s} {'peak MB':>8s} {'start MB':>8s} {'mean':>12s}")
    for method, row in rows.items():
        mean = row["mean"] if method == "theratrack" else row["mean"] * scale
        agree &= abs(mean - own["mean"]) < 1e-4 * abs(own["mean"])
        print(f"{method:12s} {row['wall']:8.3f} {row['wall'] / own['wall']:6.2f} {row['cpu']:8.3f} {row['cpu'] / own['cpu']:6.2f} "
              f"{row['peak_mb']:8.0f} {row['base_mb']:8.0f} {mean:12.5f}")
if not agree:
    sys.exit("the readers do not agree on the mean value")
