import DICOMIO
