"""One cold-process load of a DICOM series by another reader, as bench-load does it: peers.py METHOD FOLDER.

Values are float32: HU for CT, Bq/mL for PET. Imports are not counted. Prints one line of JSON.
"""
import glob
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np


def pydicom_volume(folder):
    def slices():
        for path in glob.glob(folder + "/*"):
            d = pydicom.dcmread(path)
            stored = np.frombuffer(d.PixelData, "<i2").reshape(d.Rows, d.Columns)
            values = stored.astype(np.float32) * np.float32(d.RescaleSlope) + np.float32(d.RescaleIntercept)
            yield float(d.ImagePositionPatient[2]), values

    return np.stack([values for _, values in sorted(slices(), key=lambda s: s[0])])


def gdcm_volume(folder):
    def slices():
        for path in glob.glob(folder + "/*"):
            reader = gdcm.ImageReader()
            reader.SetFileName(path)
            reader.Read()
            image = reader.GetImage()
            raw = image.GetBuffer()
            if isinstance(raw, str):
                raw = raw.encode("utf-8", "surrogateescape")
            columns, rows = image.GetDimension(0), image.GetDimension(1)
            stored = np.frombuffer(raw, "<i2").reshape(rows, columns)
            values = stored.astype(np.float32) * np.float32(image.GetSlope()) + np.float32(image.GetIntercept())
            yield image.GetOrigin(2), values

    return np.stack([values for _, values in sorted(slices(), key=lambda s: s[0])])


def simpleitk_volume(folder):
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
    image = reader.Execute()  # the view borrows from it
    return sitk.GetArrayViewFromImage(image).astype(np.float32)


def dcm2niix_file(folder):
    """Process start and the NIfTI file are counted; they are how this tool is used."""
    target = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    subprocess.run(["dcm2niix", "-z", "n", "-b", "n", "-o", target, folder], capture_output=True, check=True)
    return target


def nifti_mean(folder):
    """Mean of the only NIfTI in a folder, by its header of 348 bytes: type, scale, samples."""
    raw = open(glob.glob(folder + "/*.nii")[0], "rb").read()
    kind = {4: "<i2", 16: "<f4", 512: "<u2", 8: "<i4"}[int(np.frombuffer(raw, "<i2", 1, 70)[0])]
    start, slope, intercept = np.frombuffer(raw, "<f4", 3, 108)
    samples = np.frombuffer(raw, kind, offset=int(start)).astype(np.float64)
    return float(samples.mean() * (slope or 1) + intercept)


def usage():
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return time.perf_counter(), sum(u.ru_utime + u.ru_stime for u in (own, children))


method, folder = sys.argv[1:3]
if method == "simpleitk":
    import SimpleITK as sitk
elif method == "pydicom":
    import pydicom
elif method == "gdcm":
    import gdcm
load = {"simpleitk": simpleitk_volume, "pydicom": pydicom_volume, "gdcm": gdcm_volume, "dcm2niix": dcm2niix_file}[method]
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = usage()
result = load(folder)
after = usage()
who = resource.RUSAGE_CHILDREN if method == "dcm2niix" else resource.RUSAGE_SELF
line = dict(method=method, wall=after[0] - before[0], cpu=after[1] - before[1], base_mb=base * 1024 / 1e6,
            peak_mb=resource.getrusage(who).ru_maxrss * 1024 / 1e6)
if method == "dcm2niix":
    line["mean"] = nifti_mean(result)
    shutil.rmtree(result)
else:
    line["mean"] = float(result.mean(dtype=np.float64))
print(json.dumps(line))
