"""The desk's own work in the browser, dialog by dialog: a unit from registration to cover, money, the house."""

import time
from pathlib import Path

import httpx
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from huzhu.people import people, units
from huzhu.people.rosters import with_faults, write_rows

from .browser import WALK
from .conftest import Running
from .desk import (
    TENANT,
    answer,
    code_for,
    desk,
    keep_picture,
    open_page,
    press,
    sign_in,
    token_of,
)

pytestmark = [*WALK, pytest.mark.timeout(900)]
FIRST, SECOND, OWN = (f"{word}-Password-2026" for word in ("First", "Second", "Own"))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "voucher.jpg"
    Image.new("RGB", (900, 1200), "white").save(path)
    return path


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "roster.pdf"
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(str(path))
    return path


def files(page: Page, **given: Path) -> None:
    """Choose files in the open dialog."""
    for name, path in given.items():
        page.get_by_role("dialog").locator(f"input[name={name}]").set_input_files(path)


def register_unit(running: Running, page: Page, picture: Path, seed: int) -> str:
    """Register, fill in the profile and hand it in; returns the unit's name."""
    unit = next(units(1, seed=seed))
    handler = next(people(1, seed=seed))
    page.goto(f"{running.url}/console/#/{TENANT}/register")
    page.fill("input[name=name]", unit.name)
    page.fill("input[name=credit_code]", unit.credit_code[:-1] + "I")
    page.fill("input[name=mobile]", unit.mobile)
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("验证码已发送到").wait_for()
    page.fill("input[name=code]", code_for(running, unit.mobile, since=since))
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.locator("input[name=credit_code]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("input[name=credit_code]")).to_be_focused()
    expect(page.locator("input[name=name]")).to_have_attribute("aria-invalid", "false")
    page.fill("input[name=credit_code]", unit.credit_code)
    page.get_by_role("button", name="注册", exact=True).click()
    page.get_by_role("heading", name="单位资料").wait_for()
    page.select_option("select[name=org_node]", index=1)
    page.fill("input[name=medical_code]", unit.insurance_code)
    page.fill("input[name=handler_name]", handler.name)
    page.fill("input[name=handler_id_number]", handler.id_number)
    page.locator("input[name=union-certificate]").set_input_files(picture)
    page.get_by_text("已上传：").wait_for()
    press(page, "打开承诺书")
    expect(page.locator("input[name=agreed]")).to_be_enabled(timeout=60_000)
    page.locator("input[name=agreed]").check()
    press(page, "提交审核")
    page.get_by_text("资料已提交，审核结果会以短信通知").wait_for()
    return unit.name


@pytest.mark.feature("C.01", "C.02", "C.03", "C.04", "C.05")
def test_a_unit_from_registration_to_cover(
    running: Running, browser: Browser, tmp_path: Path, picture: Path, paper: Path
) -> None:
    seed = int(time.time())
    with desk(browser) as handler, desk(browser) as reviewer, desk(browser) as finance:
        name = register_unit(running, handler, picture, seed)
        sign_in(running, reviewer, "shenhe1")
        open_page(running, reviewer, "units?status=under_review")
        reviewer.get_by_role("link", name=name).click()
        press(reviewer, "修改资料")
        answer(reviewer, "修改单位资料", name=name)
        press(reviewer, "增加经办人")
        other = next(people(1, seed=seed + 5))
        answer(reviewer, "增加经办人", name=other.name, mobile=other.mobile)
        press(reviewer, "通过")
        answer(reviewer, "通过审核")
        keep_picture(reviewer, "unit-review")

        everybody = list(people(6, seed=seed))
        rows = [
            with_faults(one, code, seed=seed)
            for one, code in zip(everybody[:5], ["", "", "", "", "id.checksum"], strict=True)
        ]
        roster = tmp_path / "roster.xlsx"
        write_rows(roster, rows)
        deadline = time.monotonic() + 60
        open_page(running, handler, "orders")
        press(handler, "新建")
        dialog = handler.get_by_role("dialog")
        while time.monotonic() < deadline:
            dialog.locator("select[name=product]").select_option("three-in-one")
            dialog.get_by_role("button", name="确认", exact=True).click()
            handler.wait_for_timeout(700)
            if not dialog.is_visible():
                break
        handler.locator("input[name=roster]").set_input_files(roster)
        handler.locator(".correcting").wait_for(timeout=60_000)
        handler.locator(".correcting input[name=document_number]").fill(everybody[4].id_number)
        press(handler, "改正")
        handler.get_by_text("没有不可参保人员").wait_for()
        extra = everybody[5]
        press(handler, "添加人员")
        answer(
            handler, "添加参保人员", name=extra.name, document_number=extra.id_number, bank_card=extra.social_card,
            bank_name=extra.bank_name, mobile=extra.mobile,
        )  # fmt: skip
        handler.get_by_text("（6）").wait_for()
        press(handler, "修改申请")
        answer(handler, "修改申请", employees=6)
        press(handler, "重新校验")
        handler.get_by_text("已重新校验").wait_for()
        handler.locator("section.card", has_text="可参保人员").first.locator(
            "tbody input[type=checkbox]"
        ).first.check()
        press(handler, "删除所选")
        answer(handler, "删除所选人员")
        handler.get_by_text("（5）").wait_for()
        press(handler, "提交")
        answer(handler, "提交参保申请", submit="提交", employees=6)
        with handler.expect_download() as form:
            press(handler, "打印团体入会表")
        assert form.value.suggested_filename.startswith("团体入会表-")
        assert Path(form.value.path()).read_bytes().startswith(b"%PDF-")
        with handler.expect_download(timeout=120_000) as roster_paper:
            press(handler, "打印参保花名册")
        assert roster_paper.value.suggested_filename.endswith(".pdf")
        keep_picture(handler, "order")
        address = handler.url.split("#/wuxi/")[1]

        open_page(running, reviewer, address)
        press(reviewer, "退回")
        answer(reviewer, "退回申请", reason="请核对职工人数")
        open_page(running, handler, address)
        handler.get_by_text("请核对职工人数").first.wait_for()
        press(handler, "提交")
        answer(handler, "提交参保申请", submit="提交", employees=6)
        open_page(running, reviewer, address)
        press(reviewer, "通过")
        answer(reviewer, "审核通过", opinion="同意")

        sign_in(running, finance, "caiwu1")
        for round_ in range(2):
            open_page(running, handler, address)
            press(handler, "付款")
            files(handler, voucher=picture, papers=paper)
            answer(handler, "付款确认", submit="提交")
            open_page(running, finance, address)
            if round_ == 0:
                press(finance, "退回付款")
                answer(finance, "退回付款", reason="凭证看不清")
        press(finance, "查看凭证和花名册")
        finance.locator(".paper").first.wait_for()
        press(finance, "确认到账")
        answer(finance, "确认到账")
        open_page(running, handler, address)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and handler.get_by_text("已完成").count() == 0:
            handler.wait_for_timeout(1000)
            handler.reload()
            handler.locator("main h2").wait_for()
            handler.wait_for_load_state("networkidle")
        keep_picture(handler, "order-done")

        open_page(running, handler, "orders")
        press(handler, "新建")
        answer(handler, "新建参保申请", submit="确认", product="three-in-one")
        press(handler, "删除申请")
        answer(handler, "删除申请", words="删除")


@pytest.mark.feature("N.02")
def test_the_house_staff_branches_and_pack(running: Running, browser: Browser) -> None:
    stamp = str(int(time.time()))[-7:]
    somebody = next(people(1, seed=int(stamp)))
    with desk(browser) as admin, desk(browser) as guest:
        sign_in(running, admin, "admin1")
        open_page(running, admin, "staff")
        press(admin, "新增")
        answer(
            admin,
            "新增工作人员",
            user_name=f"new{stamp}",
            name=somebody.name,
            mobile=somebody.mobile,
            roles=["reviewer"],
        )
        row = admin.locator("tr", has_text=f"new{stamp}")
        row.get_by_role("button", name="邀请").click()
        answer(admin, "发出邀请")
        invitation = admin.locator("main code").inner_text()
        guest.goto(f"{running.url}/console/#/{TENANT}/invitation")
        guest.fill("input[name=token]", invitation)
        since = time.time()
        guest.get_by_role("button", name="下一步").click()
        guest.locator("input[name=again]").wait_for()
        guest.fill("input[name=code]", code_for(running, somebody.mobile, since=since))
        guest.fill("input[name=password]", FIRST)
        guest.fill("input[name=again]", SECOND)
        expect(guest.get_by_text("两次输入的密码不一致")).to_be_visible()
        guest.fill("input[name=again]", FIRST)
        guest.get_by_role("button", name="设置密码").click()
        guest.locator("input[name=user_name]").wait_for()
        sign_in(running, guest, f"new{stamp}", password=FIRST, mobile=somebody.mobile)
        open_page(running, guest, "security")
        press(guest, "修改密码")
        answer(
            guest,
            "修改密码",
            current=FIRST,
            new=SECOND,
            again=SECOND,
        )
        # Whoever accepted the invitation changed the account meanwhile.
        admin.reload()
        row.get_by_role("button", name="修改").click()
        answer(admin, "修改", roles=["finance"])
        row.get_by_role("button", name="结束登录").click()
        answer(admin, "结束其全部登录")
        guest.get_by_role("link", name="参保申请").click()
        expect(guest.get_by_role("dialog", name="登录已过期")).to_be_visible()
        row.get_by_role("button", name="停用").click()
        named = (
            admin.get_by_role("dialog", name="停用账号")
            .locator(".lines")
            .inner_text()
            .split("（")[1]
            .split("）")[0]
        )
        answer(admin, "停用账号", words=named, reason="已调离")
        keep_picture(admin, "staff")

        open_page(running, admin, "branches")
        press(admin, "新增机构")
        answer(
            admin,
            "新增机构",
            code=f"b{stamp}",
            level="district",
            name_zh=f"测试区{stamp}",
            name_en=f"Test {stamp}",
        )
        row = admin.locator("tr", has_text=f"b{stamp}")
        row.get_by_role("button", name="改名").click()
        answer(admin, "修改名称", name_zh=f"新名区{stamp}", name_en=f"New {stamp}")
        row.get_by_role("button", name="停用").click()
        answer(admin, "停用机构", reason="并入区总工会")

        open_page(running, admin, "pack")
        admin.fill("textarea[name=yaml]", "code: wuxi\nbroken: [")
        press(admin, "检查并提出")
        expect(admin.locator("form .problem")).to_be_visible()
        open_page(running, admin, "audit")
        press(admin, "校验完整性")
        admin.get_by_text("日志完整").wait_for()


@pytest.mark.feature("N.02")
def test_a_password_that_somebody_else_chose_is_changed_first(running: Running, browser: Browser) -> None:
    stamp = str(int(time.time()))[-7:]
    somebody = next(people(1, seed=int(stamp) + 3))
    with desk(browser) as admin, desk(browser) as guest:
        sign_in(running, admin, "admin2")
        asked = {"user_name": f"due{stamp}", "name": somebody.name, "mobile": somebody.mobile}
        made = httpx.post(
            f"{running.url}/api/identity/staff",
            json={**asked, "roles": ["reviewer"], "password": FIRST},
            headers={
                "X-Tenant": TENANT,
                "Authorization": f"Bearer {token_of(admin)}",
                "Idempotency-Key": f"due-{stamp}-key",
            },
            trust_env=False,
        )
        assert made.status_code == 201, made.text
        guest.goto(f"{running.url}/console/#/{TENANT}/sign-in")
        sign_in(running, guest, f"due{stamp}", password=FIRST, mobile=somebody.mobile)
        guest.get_by_text("您的密码由他人设置").wait_for()
        guest.goto(f"{running.url}/console/#/{TENANT}/orders")
        guest.get_by_text("您的密码由他人设置").wait_for()
        press(guest, "现在修改密码")
        answer(
            guest,
            "修改密码",
            current=FIRST,
            new=OWN,
            again=OWN,
        )
        guest.get_by_role("heading", name="您好，请选择要办理的业务").wait_for()
        expect(
            guest.get_by_role("navigation", name="菜单").get_by_role("link", name="参保申请")
        ).to_be_visible()
