"""The examples on the real data, checked against totals that are counted another way.

The data is not part of the project: POLKU_REAL_DATA says where it is (default: ../shared/data).
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow.csv import ConvertOptions, read_csv

from polku.collect.files import ImportSummary, import_files, load_mapping
from tests.collect.files.importing import NOW, StoreTarget

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("POLKU_REAL_DATA", ROOT.parent / "shared" / "data"))


def imported(target: StoreTarget, example: str, pattern: str) -> ImportSummary:
    files = sorted(DATA.glob(pattern))
    if not files:
        pytest.skip(f"no real data: {DATA / pattern} does not exist (POLKU_REAL_DATA says where it is)")
    mapping = load_mapping(ROOT / "examples" / f"{example}.toml")
    summary = import_files(files, mapping, target, now=NOW)
    assert summary.rejected == 0, summary.rejections
    return summary


def rows(name: str) -> list[dict[str, str]]:
    path = DATA / name
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        return list(csv.DictReader(file))


def named(target: StoreTarget) -> Counter[str]:
    return Counter(e["name"] for e in target.events())


@pytest.mark.parametrize("example", ["olist", "online_retail", "helpdesk"])
def test_every_example_is_a_sound_mapping(example: str):
    mapping = load_mapping(ROOT / "examples" / f"{example}.toml")
    assert mapping.touchpoint
    assert all(t.stage for t in mapping.touchpoint)


def test_olist(target: StoreTarget):
    imported(target, "olist", "olist/*.csv")
    orders, reviews = rows("olist/olist_orders_dataset.csv"), rows("olist/olist_order_reviews_dataset.csv")
    people = {c["customer_id"]: c["customer_unique_id"] for c in rows("olist/olist_customers_dataset.csv")}
    events = target.events()
    assert named(target) == {
        "": len(orders),
        "Order Completed": len(orders),
        "Payment Approved": sum(bool(o["order_approved_at"]) for o in orders),
        "Order Shipped": sum(bool(o["order_delivered_carrier_date"]) for o in orders),
        "Order Delivered": sum(bool(o["order_delivered_customer_date"]) for o in orders),
        "Survey Responded": len(reviews),
    }
    assert {e["user_id"] for e in events} == {people[o["customer_id"]] for o in orders}
    paid = sum(float(p["payment_value"]) for p in rows("olist/olist_order_payments_dataset.csv"))
    assert sum(e["value"] or 0 for e in events) == pytest.approx(paid)
    price = sum(float(i["price"]) for i in rows("olist/olist_order_items_dataset.csv"))
    assert sum(e["properties"].get("price", 0) for e in events) == pytest.approx(price)
    responses = [e for e in events if e["name"] == "Survey Responded"]
    scores = Counter(e["properties"]["score"] for e in responses)
    assert scores == Counter(int(r["review_score"]) for r in reviews)
    assert sum(e["score"] for e in responses) == sum((int(r["review_score"]) - 3) * 50 for r in reviews)
    said = sum(
        bool(r["review_comment_title"].strip() or r["review_comment_message"].strip()) for r in reviews
    )
    assert sum("comment" in e["properties"] for e in responses) == said
    late = {
        e["properties"]["order_id"]: e["properties"]["late_days"]
        for e in events
        if e["name"] == "Order Delivered"
    }
    assert late["a4591c265e18cb1dcee52889e2d8acc3"] == -6  # promised 1 August 2017, brought 26 July
    assert late["203096f03d82e0dffbc41ebc2e2bcfb7"] == 11


def test_online_retail(target: StoreTarget):
    imported(target, "online_retail", "online_retail/*.csv.gz")
    texts = ConvertOptions(column_types=dict.fromkeys(["InvoiceNo", "CustomerID"], pa.string()))
    lines = read_csv(DATA / "online_retail/online_retail.csv.gz", convert_options=texts)
    lines = lines.filter(pc.not_equal(lines["CustomerID"], ""))
    people = {c.removesuffix(".0") for c in lines["CustomerID"].unique().to_pylist()}
    returned = pc.starts_with(lines["InvoiceNo"], "C")
    by_name = {"Order Returned": lines.filter(returned), "Order Completed": lines.filter(pc.invert(returned))}
    events = target.events()
    invoices = {n: len(some["InvoiceNo"].unique()) for n, some in by_name.items()}
    assert Counter(e["name"] for e in events) == {"": len(people)} | invoices
    assert {e["user_id"] for e in events} == people
    for name, some in by_name.items():
        value = pc.sum(pc.multiply(some["Quantity"], some["UnitPrice"])).as_py()
        assert sum(e["value"] for e in events if e["name"] == name) == pytest.approx(value)


def test_helpdesk(target: StoreTarget):
    summary = imported(target, "helpdesk", "service_logs/helpdesk.csv")
    log: list[dict[str, Any]] = rows("service_logs/helpdesk.csv")
    assert summary.accepted == len(log)
    renamed = {e["properties"]["activity"]: e["name"] for e in target.events()}
    assert named(target) == Counter(renamed[r["ActivityID"]] for r in log)
    assert renamed["6"] == "Resolve ticket"
    assert json.dumps(renamed)  # plain texts
    first = [e["name"] for e in target.events() if e["user_id"] == "2"]
    assert first == ["Assign seriousness", "Take in charge ticket", "Resolve ticket"]
