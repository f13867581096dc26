"""Large type on the desk: what is pressed or filled in is large enough, and a table puts nothing out of sight."""

from playwright.sync_api import Page

TARGET, TYPE = 44, 16
"""Large type: what is pressed or filled in is so many pixels high at least, in type of so many."""


def too_small(page: Page) -> list[str]:
    """Return what is pressed or filled in and is too small for large type, and what a table puts out of sight."""
    page.wait_for_timeout(200)  # the buttons' type grows in 0.1 s
    found: list[str] = page.evaluate(
        """([target, type]) => {
            const found = []
            const fields = 'button:not(.link), a.el-button, input:not([type=checkbox], [type=radio]), select, textarea'
            for (const one of document.querySelectorAll(fields)) {
                const box = one.getBoundingClientRect(), style = getComputedStyle(one)
                if (!box.width || !box.height || style.opacity === '0' || one.closest('.phone-screen')) continue
                const size = parseFloat(style.fontSize), name = one.innerText || one.name
                if (box.height < target - 0.5 || size < type) found.push(`${name}: ${box.height} px, type ${size}`)
            }
            for (const sheet of document.querySelectorAll('.sheet')) {
                const edge = sheet.getBoundingClientRect().right
                const all = [...sheet.querySelectorAll("td.actions :is(button, a)")]
                const out = all.filter((one) => one.getBoundingClientRect().right > edge + 0.5)
                if (out.length) found.push(`${sheet.ariaLabel}: out of sight: ${out[0].innerText}`)
            }
            return found }""",
        [TARGET, TYPE],
    )
    return found
