"""Writes segmentations with highdicom into a folder, for our reader to read.

usage: write_objects.py FOLDER
"""

import sys
import warnings
from pathlib import Path

import highdicom as hd
import numpy as np
from highdicom.sr.coding import CodedConcept
from pydicom.dataset import FileMetaDataset
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless, generate_uid

ROWS, COLUMNS, SLICES = 18, 23, 7
# Tilted by 30 degrees about x.
ORIENTATION = [1, 0, 0, 0, 0.8660254037844387, 0.5]
NORMAL = np.array([0, -0.5, 0.8660254037844387])


def source_images():
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    images = []
    for k in range(SLICES):
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        ds.SOPInstanceUID = generate_uid()
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = study, series, frame
        ds.Modality, ds.PatientID, ds.PatientName = "CT", "P1", "Nobody^Known"
        ds.PatientBirthDate, ds.PatientSex, ds.StudyID, ds.AccessionNumber = "", "O", "1", ""
        ds.StudyDate, ds.StudyTime, ds.ReferringPhysicianName = "20260101", "120000", ""
        ds.SeriesNumber, ds.InstanceNumber = 1, k + 1
        ds.Rows, ds.Columns, ds.PixelSpacing = ROWS, COLUMNS, [1.5, 1.25]
        ds.SliceThickness, ds.SpacingBetweenSlices = 2.5, 2.5
        ds.ImageOrientationPatient = ORIENTATION
        ds.ImagePositionPatient = [float(x) for x in [-10, 5, 40] + 2.5 * k * NORMAL]
        ds.PositionReferenceIndicator, ds.Manufacturer = "", "test"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.PixelData = np.zeros((ROWS, COLUMNS), np.uint16).tobytes()
        images.append(ds)
    return images


def describe(number):
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=f"lesion {number}",
        segmented_property_category=CodedConcept("49755003", "SCT", "Morphologic Abnormality"),
        segmented_property_type=CodedConcept("108369006", "SCT", "Neoplasm"),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        tracking_id=f"lesion {number}",
        tracking_uid=generate_uid(),
    )


def masks():
    """Three blocks; the second overlaps the first, the third leaves slices empty."""
    array = np.zeros((SLICES, ROWS, COLUMNS, 3), np.uint8)
    array[1:6, 3:12, 4:15, 0] = 1
    array[3:5, 8:16, 10:20, 1] = 1
    array[[0, 6], 1:3, 1:4, 2] = 1
    return array


def write(folder, name, images, array, kind, count=3, **more):
    segmentation = hd.seg.Segmentation(
        source_images=images, pixel_array=array, segmentation_type=kind,
        segment_descriptions=[describe(n + 1) for n in range(count)],
        series_instance_uid=generate_uid(), series_number=2, sop_instance_uid=generate_uid(),
        instance_number=1, manufacturer="test", manufacturer_model_name="test",
        software_versions="1", device_serial_number="1", **more)
    segmentation.save_as(folder / name)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    target = Path(sys.argv[1])
    source = source_images()
    blocks = masks()
    write(target, "binary.dcm", source, blocks, "BINARY")
    ramp = np.linspace(0, 1, SLICES * ROWS * COLUMNS).reshape(SLICES, ROWS, COLUMNS)
    soft = np.stack([blocks[..., 0] * ramp, blocks[..., 1] * 0.5], axis=-1)
    for syntax, name in [(ExplicitVRLittleEndian, "fractional.dcm"), (RLELossless, "rle.dcm")]:
        write(
            target, name, source, soft, "FRACTIONAL", count=2, max_fractional_value=200,
            fractional_type="OCCUPANCY", transfer_syntax_uid=syntax)
    labels = blocks[..., 0].copy()
    labels[blocks[..., 1] > 0] = 2
    labels[blocks[..., 2] > 0] = 3
    write(target, "labelmap.dcm", source, labels, "LABELMAP")
