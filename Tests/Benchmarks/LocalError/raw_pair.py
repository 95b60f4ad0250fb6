#!/usr/bin/env python3
"""raw_pair.py GENERATOR SEED OUT: the CT pair of make_phantom.py as raw float32, i fastest.

GENERATOR is the folder of make_phantom.py. Both CTs are averaged over 2 x 2 x 1 voxels and
written to OUT/base.raw and OUT/fol.raw with size, spacing and origin (LPS, mm) in a JSON file
beside each, and truth.json. No PET, no DICOM. The calibration of the local error reads these:

    THERATRACK_LONG=1 THERATRACK_PAIRS=FOLDER swift test ... --filter LocalErrorCalibration

with FOLDER/7, FOLDER/11 and so on, named by their seeds.
"""
import json, os, sys
import numpy as np

generator, seed, out = sys.argv[1:4]
sys.path.insert(0, generator)
import make_phantom

BLOCK = np.array([2, 2, 1])


def write_raw(folder, modality, volume, origin, spacing, which, *_):
    if modality != "CT":
        return
    v = np.clip(np.rint(volume), -1000, 1500)
    n = np.array(v.shape[::-1]) // BLOCK
    v = v[: n[2] * BLOCK[2], : n[1] * BLOCK[1], : n[0] * BLOCK[0]]
    v = v.reshape(n[2], BLOCK[2], n[1], BLOCK[1], n[0], BLOCK[0]).mean((1, 3, 5), dtype=np.float32)
    name = os.path.join(out, ("base", "fol")[which])
    np.ascontiguousarray(v, "<f4").tofile(name + ".raw")
    origin = np.array(origin) + (BLOCK - 1) / 2 * spacing
    head = dict(size=n.tolist(), spacing=(spacing * BLOCK).tolist(), origin=origin.tolist())
    json.dump(head, open(name + ".json", "w"))


os.makedirs(out, exist_ok=True)
make_phantom.write_series = write_raw
sys.argv = ["make_phantom.py", out, "--size", "full", "--seed", seed]
make_phantom.main()
