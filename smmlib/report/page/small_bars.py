"""Response of an arm at a visit as a small bar for its card: what the large figure draws, without axes."""

from math import isnan

from markupsafe import Markup

from smmlib.display.response_figure import category_colours, takes_white

WIDTH, HEIGHT = 240, 22
"""Units of the picture."""
LETTER = 8.5
"""Units that a letter takes."""
PICTURE = Markup('<svg class="small-bar" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>')
PART = Markup('<rect x="{:.1f}" width="{:.1f}" height="{}" fill="{}"/>{}')
NAME = Markup('<text x="{:.1f}" y="15.5" text-anchor="middle" fill="{}">{}</text>')
LIGHT, INK = "#ffffff", "#1f2937"


def small_bar(counts, responders):
    """A bar whose parts are the patients in each category, the best first.

    Parameters
    ----------
    counts : dict of str to Estimate
        By category, the best first.
    responders : collection of str

    Returns
    -------
    Markup
        Empty where a count is masked, or nobody is counted.
    """
    values = [result.value for result in counts.values()]
    total = sum(values)
    if isnan(total) or not total:
        return Markup("")
    colours, parts, start = category_colours(list(counts), responders), [], 0.0
    for category, value in zip(counts, values, strict=True):
        width = value / total * WIDTH
        colour, fits = colours[category], len(category) * LETTER < width
        letters = LIGHT if takes_white(colour) else INK
        name = NAME.format(start + width / 2, letters, category) if fits else ""
        parts.append(PART.format(start, width, HEIGHT, colour, name))
        start += width
    return PICTURE.format(WIDTH, HEIGHT, Markup("").join(parts))
