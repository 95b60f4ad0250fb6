"""Prints what pydicom and highdicom read from DICOM objects, as JSON, one entry per file.

usage: read_objects.py FILE...
"""

import json
import sys
import warnings

import numpy as np
import pydicom

RTSTRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
SEG = "1.2.840.10008.5.1.4.1.1.66.4"
LABELMAP = "1.2.840.10008.5.1.4.1.1.66.7"
RWVM = "1.2.840.10008.5.1.4.1.1.67"
REGISTRATION = "1.2.840.10008.5.1.4.1.1.66.1"
DEFORMABLE = "1.2.840.10008.5.1.4.1.1.66.3"
REPORTS = "1.2.840.10008.5.1.4.1.1.88."  # All structured reports begin so.


def structure_set(ds):
    contours = {c.ReferencedROINumber: c.get("ContourSequence", []) for c in ds.ROIContourSequence}
    return [
        {
            "number": int(roi.ROINumber),
            "name": str(roi.ROIName),
            "contours": [
                [float(x) for x in c.ContourData]
                for c in contours.get(roi.ROINumber, [])
                if c.ContourGeometricType == "CLOSED_PLANAR"
            ],
        }
        for roi in ds.StructureSetROISequence
    ]


def segmentation(path):
    """Voxels and their centre per segment, from highdicom's frames."""
    import highdicom as hd

    try:
        seg, reader = hd.seg.segread(path), "highdicom"
    except ValueError:  # Big endian, which highdicom does not parse.
        seg, reader = pydicom.dcmread(path), "pydicom"
    frames = seg.pixel_array
    if frames.ndim == 2:
        frames = frames[np.newaxis]
    shared = seg.SharedFunctionalGroupsSequence[0]
    result = {}
    for description in seg.SegmentSequence:
        number = int(description.SegmentNumber)
        voxels, centre = 0.0, np.zeros(3)
        for frame, group in zip(frames, seg.PerFrameFunctionalGroupsSequence):
            if seg.SegmentationType == "LABELMAP":
                values = (frame == number).astype(float)
            else:
                identification = group.get("SegmentIdentificationSequence") or \
                    shared.SegmentIdentificationSequence
                if identification[0].ReferencedSegmentNumber != number:
                    continue
                values = frame.astype(float)
                if seg.SegmentationType == "FRACTIONAL":
                    values = values / seg.MaximumFractionalValue
            to_patient = hd.spatial.PixelToReferenceTransformer(
                image_position=group.PlanePositionSequence[0].ImagePositionPatient,
                image_orientation=shared.PlaneOrientationSequence[0].ImageOrientationPatient,
                pixel_spacing=shared.PixelMeasuresSequence[0].PixelSpacing,
            )
            rows, columns = np.nonzero(values)
            weights = values[rows, columns]
            if len(weights):
                points = to_patient(np.stack([columns, rows], axis=1))
                centre += (points * weights[:, None]).sum(axis=0)
                voxels += weights.sum()
        result[str(number)] = {
            "reader": reader,
            "label": str(description.SegmentLabel),
            "type": description.SegmentedPropertyTypeCodeSequence[0].CodeValue,
            "voxels": voxels,
            "centre": list(centre / voxels) if voxels else None,
        }
    return result


def value_maps(ds):
    return [
        {
            "unit": m.MeasurementUnitsCodeSequence[0].CodeValue,
            "slope": float(m.RealWorldValueSlope),
            "intercept": float(m.RealWorldValueIntercept),
            "images": len(group.ReferencedImageSequence),
        }
        for group in ds.ReferencedImageRealWorldValueMappingSequence
        for m in group.RealWorldValueMappingSequence
    ]


def concept(item):
    return [item.CodeValue, item.CodingSchemeDesignator] if "CodeValue" in item else None


def groups(item, found):
    """Measurement groups by pydicom alone: highdicom refuses reports of older templates."""
    name = item.get("ConceptNameCodeSequence")
    if name and concept(name[0]) == ["125007", "DCM"]:
        found.append(item)
    for child in item.get("ContentSequence", []):
        groups(child, found)
    return found


def report(ds):
    result = []
    for group in groups(ds, []):
        entry = {"measurements": []}
        for child in group.ContentSequence:
            name = concept(child.ConceptNameCodeSequence[0]) if \
                "ConceptNameCodeSequence" in child else None
            if name == ["112039", "DCM"]:
                entry["trackingIdentifier"] = str(child.TextValue)
            if name == ["112040", "DCM"]:
                entry["trackingUID"] = str(child.UID)
            if child.ValueType == "NUM":
                value = child.MeasuredValueSequence[0]
                derivation = [
                    concept(m.ConceptCodeSequence[0])[0]
                    for m in child.get("ContentSequence", [])
                    if concept(m.ConceptNameCodeSequence[0]) == ["121401", "DCM"]
                ]
                entry["measurements"].append({
                    "quantity": name[0],
                    "value": float(value.NumericValue),
                    "unit": value.MeasurementUnitsCodeSequence[0].CodeValue,
                    "derivation": derivation[0] if derivation else None,
                })
        result.append(entry)
    return result


def highdicom_report(path):
    """The same through highdicom, where it accepts the report."""
    import highdicom as hd

    try:
        sr = hd.sr.srread(path)
        found = sr.content.get_planar_roi_measurement_groups() + \
            sr.content.get_volumetric_roi_measurement_groups()
        return [
            {
                "trackingUID": str(g.tracking_uid),
                "measurements": [
                    {"quantity": m.name.value, "value": float(m.value), "unit": m.unit.value}
                    for m in g.get_measurements()
                ],
            }
            for g in found
        ]
    except Exception as refusal:  # What it does not accept is said, not hidden.
        return {"refused": type(refusal).__name__}


def matrices(ds):
    return [
        {
            "frame": str(item.FrameOfReferenceUID),
            "rows": [
                [float(x) for x in m.FrameOfReferenceTransformationMatrix]
                for m in item.MatrixRegistrationSequence[0].MatrixSequence
            ],
        }
        for item in ds.RegistrationSequence
    ]


def deformations(ds):
    result = []
    for item in ds.DeformableRegistrationSequence:
        grid = item.DeformableRegistrationGridSequence[0]
        vectors = np.frombuffer(grid.VectorGridData, dtype="<f4").astype(float)
        result.append({
            "frame": str(item.SourceFrameOfReferenceUID),
            "size": [int(n) for n in grid.GridDimensions],
            "spacing": [float(x) for x in grid.GridResolution],
            "origin": [float(x) for x in grid.ImagePositionPatient],
            "vectors": [float(x) for x in vectors],
        })
    return result


def read(path):
    ds = pydicom.dcmread(path, force=True)
    kind = str(ds.SOPClassUID)
    if kind == RTSTRUCT:
        return {"regions": structure_set(ds)}
    if kind in (SEG, LABELMAP):
        return {"segments": segmentation(path)}
    if kind == RWVM:
        return {"maps": value_maps(ds)}
    if kind == REGISTRATION:
        return {"matrices": matrices(ds)}
    if kind == DEFORMABLE:
        return {"deformations": deformations(ds)}
    if kind.startswith(REPORTS):
        return {"groups": report(ds), "highdicom": highdicom_report(path)}
    raise SystemExit(f"{path}: nothing to compare for {ds.SOPClassUID.name}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps({path: read(path) for path in sys.argv[1:]}))
