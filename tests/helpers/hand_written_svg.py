"""A small SVG figure: axes from 0 to 40 at x = 100 to 500 and from 0 to 1 at y = 300 to 100, and one curve."""

CORNERS = "100,100 200,100 200,150 300,150 300,200 400,200 400,250 500,250"
LINE = 'fill="none" stroke="#0b5394" stroke-width="2"'
CURVE = f'<polyline points="{CORNERS}" {LINE}/>'
X_LABELS, Y_LABELS = ("0", "10", "20", "30", "40"), ("0.0", "0.5", "1.0")
BEGIN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 600 400">'


def x_ticks(labels=X_LABELS, mark='<line x1="{x}" y1="300" x2="{x}" y2="306" stroke="black"/>'):
    text = '<text x="{x}" y="320" text-anchor="middle" font-size="10">{label}</text>'
    return "".join((mark + text).format(x=100 + 100 * order, label=label) for order, label in enumerate(labels))


def y_ticks(labels=Y_LABELS, mark='<line x1="94" y1="{y}" x2="100" y2="{y}" stroke="black"/>'):
    step = 200 / (len(labels) - 1)
    text = '<text x="90" y="{base}" text-anchor="end" font-size="10">{label}</text>'
    return "".join(
        (mark + text).format(y=300 - step * order, base=303.6 - step * order, label=label)
        for order, label in enumerate(labels)
    )


def write(folder, *parts, axes=None):
    path = folder / "figure.svg"
    path.write_text(BEGIN + (axes or x_ticks() + y_ticks()) + "".join(parts) + "</svg>", encoding="utf-8")
    return path
