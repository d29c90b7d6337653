"""Labelled personal data: leaks in the notations people use, and numbers that only look like one."""

from __future__ import annotations

import random
from collections.abc import Iterator

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WIDE = {ord(str(d)): chr(0xFF10 + d) for d in range(10)}


def identity(draw: random.Random) -> str:
    """A number with a right check digit of a made-up person."""
    born = f"{draw.randint(1950, 2015)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
    body = f"3605{draw.choice(('02', '21'))}{born}{draw.randint(1, 999):03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def mobile(draw: random.Random) -> str:
    return (
        draw.choice(("138", "139", "150", "159", "177", "186", "191")) + f"{draw.randint(10**7, 10**8 - 1)}"
    )


def card(draw: random.Random) -> str:
    """A card number that passes Luhn."""
    body = "62220" + "".join(str(draw.randint(0, 9)) for _ in range(13))
    total = sum(
        n - 9 if n > 9 else n
        for n in (int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(body)))
    )
    return body + str(-total % 10)


def leaks(draw: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, text): each must be found."""
    for _ in range(40):
        number = identity(draw)
        spaced, wide = f"{number[:6]} {number[6:14]} {number[14:]}", number.translate(WIDE)
        hidden = number[:9] + "\u200b" + number[9:]
        yield "id_card", f"张某某 {draw.choice((number, number.lower(), spaced, wide, hidden))} 补助 1200 元"
        yield "id_card", f"身份证号：{number[:17]}{draw.choice('0123456789')}（村委会）"
        yield (
            "id_card",
            f"{draw.choice(('申请人身份证', '公民身份号码', '证件号码：', '身份证号码为'))}{number}{draw.choice(('户籍地址', '，', '', ' 男'))}",
        )
        phone = mobile(draw)
        shown = draw.choice(
            (
                phone,
                f"{phone[:3]} {phone[3:7]} {phone[7:]}",
                f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
                phone.translate(WIDE),
                f"+86 {phone}",
            )
        )
        yield (
            "mobile",
            f"{draw.choice(('李某某', '户主王某，', '手机：', '姓名 刘某 电话'))}{shown}{draw.choice(('', '，渝水区', ' 低保', '。'))}",
        )
        yield (
            "bank_card",
            f"{draw.choice(('农商银行卡号', '一卡通账号：', '开户行：建行 卡号', '社保卡账号 '))}{card(draw)}",
        )
        place = draw.choice(
            (
                "渝水区城南街道红星村3组12号",
                "新余市渝水区某某街道幸福路8号2栋301室",
                "分宜县某某镇桥头村五组7号",
            )
        )
        yield "home_address", f"{draw.choice(('家庭住址：', '现住址:', '家住', '户籍地址'))}{place}"
    for _ in range(10):
        number, phone = identity(draw), mobile(draw)
        yield "id_card", f"残疾人证号：{number}{draw.choice(('11', '42', '43', '63'))}"
        yield "id_card", f"{draw.choice(('学籍号：G', '医师资格证书编码：202336110'))}{number}"
        label = draw.choice(
            ("电话（微信同号）：", "手机/微信：", "备案人电话：", "合同签订人电话", "学生家长联系电话：")
        )
        yield "mobile", f"{label}{phone}"
        yield (
            "home_address",
            f"{draw.choice(('户籍所在地：', '现居住于', '张某，男，住所：'))}渝水区劳动北路18号3栋101室",
        )
    yield "plate", "车牌为赣K8A123的小型轿车"
    yield "passport", "往来港澳通行证号码：C12345678"
    yield "passport", "护照号码：E12345678"
    yield "passport", "护照号 EA1234567"
    yield "plate", "车牌号：赣K12345"
    yield "plate", "号牌 赣KD12345"


HARMLESS = (
    "身份证号：3601**********0006", "手机 138****1234", "卡号：6222***********0000", "索引号：3605000013-2025-01167", "网站标识码 3605000013",
    "案号（2026）赣0502民初1234号", "文号：余府发〔2026〕12号", "订单号202403151234567890已受理", "项目代码：2403-360502-04-01-123456", "采购编号JXZC20240315000123456",
    "赣（2024）新余市不动产权第0123456号", "咨询电话 0790-6441234", "热线 12345、12388、95598", "客服 400-800-1234", "项目总投资13800000000元", "建筑面积13912345678平方米",
    "经纬度115.13800000000", "流水号13912345678901", "QQ：13912345678", "微信号13912345678", "传真：0790-6441235", "邮编 338000", "第13812345678号令", "序号 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
    "统一社会信用代码113601000140000032，法定代表人：某某", "收款单位：市财政局 账号：6222020000000000000 户名：新余市财政局", "设备序列号6222020000000000000", "保证金账户 户名：某中心 账号：6222020200112230012",
    "家庭住址：东湖区某街道", "办公地址：新余市渝水区某某路8号2楼", "统计表：360502 19900307 0001 人", "2026年11月05日 10:30:00 共计 1234567890123 元", "合同编号：138123456789", "票号 13812345678", "备案号：13812345678",
    "注册资本1381234567.8万元", "ISBN 978-7-5200-1234-5", "IP 138.123.45.67", "组织机构代码 MB0000001-8", "IPv6 2408:8740:1234:5678::1", "会议纪要〔2026〕138号 1234 5678", "日产 15012345678 件", "增长13.812345678%",
    "共资助 15612345678.50 元", "税号 91360500MA35F0000X",
    "当事人：某科技有限公司，住所：新余市劳动北路18号3栋101室", "住所（住址）：新余市劳动北路18号", "公司住址：高新区光明路666号3栋", "营业执照注册号：360502600123456",
    "许可证号：360502201112345", "准考证号：360526010112345", "准考证号13605020101 笔试成绩78.5", "户号 13905022018", "批次号：138-2026-1120", "总产值13807901234（千元）",
    "准考证号\n岗位\n成绩\n13605020101\n教师\n78.5\n13605020102\n教师\n77", "准考证号\t岗位\n13605020101\t教师\n13605020102\t教师",
)  # fmt: skip
