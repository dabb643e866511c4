"""What a reader of other programs finds in the files of a report: PDF by pdfminer, Word by its XML, RTF by its text."""

import io
import re
import zipfile

from pdfminer.high_level import extract_text


def readable_text(name, content):
    """Text of a file; of a PNG, which draws what its SVG says, nothing."""
    if name.endswith(".png"):
        return ""
    if name.endswith(".pdf"):
        return extract_text(io.BytesIO(content))
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(part).decode("utf-8") for part in archive.namelist() if part.endswith("xml"))
    text = content.decode("utf-8")
    return re.sub(r"\\u(-?\d+)\?", lambda found: chr(int(found[1]) % 65536), text) if name.endswith(".rtf") else text
