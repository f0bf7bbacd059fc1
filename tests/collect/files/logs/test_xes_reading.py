"""Reading XES: by the kernel, by the parser of XML, and by ElementTree: whatever is in the file, all read alike."""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from polku.collect.files import DamagedFile
from polku.collect.files.logs import plain, xes
from polku.errors import InvalidInput
from tests.collect.files.importing import written
from tests.collect.files.logs.writing import HEAD, Read, event, log, read, read_by_tree, trace

DAY = "2026-01-01T10:00:00.000+02:00"


@pytest.fixture(params=["kernel", "parser"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two ways of reading."""
    use(monkeypatch, request.param)
    return str(request.param)


def use(patch: pytest.MonkeyPatch, way: str) -> None:
    patch.setattr(plain, "reader_for", lambda size: plain.PlainReader() if way == "kernel" else None)


def both_ways(content: bytes, folder: Path) -> list[Read | type[InvalidInput]]:
    """What comes of a file in each way: its traces, or the error."""
    path = written(folder / "log.xes", content)
    found: list[Read | type[InvalidInput]] = []
    for way in ("kernel", "parser"):
        with pytest.MonkeyPatch.context() as patch:
            use(patch, way)
            try:
                found.append(read(path, folder))
            except InvalidInput:
                found.append(InvalidInput)
    return found


def test_a_log_by_hand(way: str, tmp_path: Path):
    more = '<string key="org:resource" value="Ä &amp; &#x41;"/><int key="n" value="-7"/><boolean key="b" value="true"/>'
    text = log(
        '<string key="concept:name" value="Loans"/>',
        trace("c1", '<float key="amount" value="20.5"/>', event("apply", DAY, more), event("pay", DAY)),
        trace("c2"),
    )
    path = written(tmp_path / "log.xes", text)
    (first, traits, events), second = read(path, tmp_path)
    assert (first, traits) == ("c1", {"amount": 20.5})
    assert [(n, str(t), a) for n, t, a in events] == [
        ("apply", "2026-01-01 08:00:00+00:00", {"org:resource": "Ä & A", "n": -7, "b": True}),
        ("pay", "2026-01-01 08:00:00+00:00", {}),
    ]
    assert second == ("c2", {}, [])


def test_the_log_says_its_name(way: str, tmp_path: Path):
    path = written(tmp_path / "log.xes", log('<string key="concept:name" value="Loans"/>', trace("c")))
    reader = xes.XesReader(xes.LogFile("log.xes", path, "xes"))
    assert sum(p.traces.num_rows for p in reader.parts(lambda size: None)) == 1
    assert reader.title == "Loans"


def test_nested_attributes_lists_and_containers(way: str, tmp_path: Path):
    cost = (
        '<string key="cost" value="a"><int key="total" value="5"><string key="in" value="EUR"/></int></string>'
        '<list key="l"><values><string key="x" value="1"/><string key="x" value="2"/></values></list>'
        '<container key="c"><int key="k" value="3"/></container>'
    )
    path = written(tmp_path / "log.xes", log(trace("c", event("e", DAY, cost))))
    ((_, _, [(_, _, attributes)]),) = read(path, tmp_path)
    assert attributes == {
        "cost": "a", "cost.total": 5, "cost.total.in": "EUR", "l.1.x": "1", "l.2.x": "2", "c.k": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "12", 12), ("int", "007", "007"), ("int", "9" * 30, "9" * 30), ("int", "x", "x"),
        ("float", "1.50", 1.5), ("float", "1.5E3", 1500.0), ("float", "NaN", "NaN"), ("float", "3", 3),
        ("float", "1e400", "1e400"), ("boolean", "false", False), ("boolean", "yes", "yes"), ("string", "5", "5"),
    ],
)  # fmt: skip
def test_values_keep_their_type(way: str, tmp_path: Path, kind: str, text: str, value: object):
    path = written(tmp_path / "l.xes", log(trace("c", event("e", DAY, f'<{kind} key="k" value="{text}"/>'))))
    assert read(path, tmp_path)[0][2][0][2] == {"k": value}


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-01T08:00:00Z",
        DAY,
        "2026-01-01T10:00:00.0000000+02:00",
        "2026-01-01T08:00:00",
        "2026-01-01 10:00+02",
    ],
)
def test_times_as_programs_write_them(way: str, tmp_path: Path, time: str):
    path = written(tmp_path / "log.xes", log(trace("c", event("e", time))))
    assert str(read(path, tmp_path)[0][2][0][1]) == "2026-01-01 08:00:00+00:00"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_other_encodings(way: str, tmp_path: Path, encoding: str):
    text = log(trace("äiti", event("käynti", DAY))).replace("UTF-8", encoding)
    path = written(tmp_path / "log.xes", text.encode(encoding))
    assert read(path, tmp_path)[0][0] == "äiti"
    assert read(path, tmp_path)[0][2][0][0] == "käynti"


def test_a_prefix_and_a_byte_order_mark(way: str, tmp_path: Path):
    text = log(trace("c", event("e", DAY))).replace("</", "</x:").replace("<l", "<x:l").replace("<t", "<x:t")
    text = (
        text.replace("<e", "<x:e")
        .replace("<s", "<x:s")
        .replace("<d", "<x:d")
        .replace("log ", 'log xmlns:x="u" ')
    )
    path = written(tmp_path / "log.xes", b"\xef\xbb\xbf" + text.encode())
    assert [(t[0], t[2][0][0]) for t in read(path, tmp_path)] == [("c", "e")]


def test_a_trace_within_a_comment_is_none(way: str, tmp_path: Path):
    hidden = trace("hidden", event("x", DAY))
    within = f"<!-- {hidden} --><![CDATA[{hidden}]]><?note {hidden}?>"
    path = written(
        tmp_path / "log.xes", log(trace("a"), f"<!-- {hidden} -->", trace("b", within), trace("c"))
    )
    assert [t[0] for t in read(path, tmp_path)] == ["a", "b", "c"]


def test_a_trace_within_an_instruction_is_refused_rather_than_misread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    path = written(tmp_path / "log.xes", log(trace("a"), f"<?note {trace('hidden')}?>", trace("b")))
    use(monkeypatch, "parser")
    assert [t[0] for t in read(path, tmp_path)] == ["a", "b"]
    use(monkeypatch, "kernel")
    with pytest.raises(InvalidInput, match="line 6, a tag within a processing instruction"):
        read(path, tmp_path)


def test_a_trace_longer_than_a_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    use(monkeypatch, "kernel")
    monkeypatch.setattr(plain, "WINDOW", 400)
    long = [event(f"e{i}", DAY) for i in range(40)]
    path = written(
        tmp_path / "log.xes", log(trace("a"), trace("b", *long), *(trace(f"t{i}") for i in range(50)))
    )
    found = read(path, tmp_path)
    assert [len(t[2]) for t in found] == [0, 40, *[0] * 50]
    assert [e[0] for e in found[1][2]] == [f"e{i}" for i in range(40)]


@pytest.mark.parametrize("window", range(20, 60, 3))
def test_wherever_a_window_ends_the_log_is_read_alike(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, window: int
):
    use(monkeypatch, "kernel")
    monkeypatch.setattr(plain, "WINDOW", window)
    head = (
        HEAD
        + '<global scope="event">\n<string key="concept:name" value="a long text without a trace"/></global>\n'
    )
    text = log(
        trace("a", event("e", DAY)), "\n" * 70, trace("b &amp; c", event("e", DAY)), trace("d"), head=head
    )
    path = written(tmp_path / "log.xes", text)
    assert read(path, tmp_path) == read_by_tree(text.encode())


def test_gzipped_in_several_members(way: str, tmp_path: Path):
    text = log(*(trace(f"c{i}", event("e", DAY)) for i in range(100))).encode()
    packed = gzip.compress(text[:3000]) + gzip.compress(text[3000:])
    assert len(read(written(tmp_path / "log.xes.gz", packed), tmp_path)) == 100


TRAPS = [
    rb'<string key="k" value="a\\"/>',
    rb'<string key="k\\" value="a"/>',
    rb'<string key="k" value="a&lt;b"/>',
    rb'<string key="k" value="a<b"/>',
    rb'<string key="k" value="a&b"/>',
    rb"<string key='k' value='\"'/>",
    b'<string key="k" value="a\tb\nc\r\nd"/>',
    b'<string key="k" value="a\x01"/>',
    b'<string key="k" value="a\x7f"/>',
    b'<string key="k" value="\xc3\xa4"/>',
    b'<string key="k" value="\xc3"/>',
    b'<string key="k" value="\xed\xa0\x80"/>',
    b'<string key="k"value="a"/>',
    b'<string key="k" value="a" / >',
    b'<string key="k" value="a" more="b"/>',
    b'<string key="k" key="l" value="a"/>',
    b'<string value="a" key="k"/>',
    b'<string key = "k" value = "a"/>',
    b'<string key="k"/>',
    b'<string key="k" value="a"></string>',
    b'<strings key="k" value="a"/>',
    b'< string key="k" value="a"/>',
    b'<string key="concept:name" value="again"/>',
    b'<date key="time:timestamp" value="2020-01-01T00:00:00Z"/>',
    b'<id key="identity:id" value="7"/>',
    b'<int key="k" value="01"/><int key="l" value="-"/><int key="m" value=""/>',
    b'<int key="k" value="1234567890123456789"/>',
    b'<float key="k" value="1."/><float key="l" value=".5"/><float key="m" value="-0.0"/><float key="n" value="1"/>',
    b'<boolean key="k" value="TRUE"/><boolean key="l" value="tru"/><boolean key="m" value="false"/>',
    b"<event></event>",
    b"<trace></trace>",
    b"</event><event>",
    b"</event><!-- --><event >",
    b"</event></trace><trace><event>",
    b"</trace></event>",
    b"text",
    b"]]>",
    b"&amp;",
]


@pytest.mark.parametrize("where", ["event", "trace"])
@pytest.mark.parametrize("trap", TRAPS)
def test_what_is_nearly_plain_is_read_by_all_ways_alike(tmp_path: Path, trap: bytes, where: str):
    text = log(trace("a", event("e", DAY)), trace("b", event("e", DAY), event("f", DAY, "HERE")), trace("c"))
    content = text.replace("HERE", "" if where == "trace" else "HERE").encode()
    content = (
        content.replace(b"HERE", trap)
        if where == "event"
        else content.replace(b"</trace>", trap + b"</trace>")
    )
    try:
        expected = read_by_tree(content)
    except ParseError:
        expected = None
    assert both_ways(content, tmp_path) == [InvalidInput if expected is None else expected] * 2


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
escaped = texts.map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"))
values = st.one_of(
    escaped,
    st.sampled_from(
        ["5", "-0", "1.5", "true", "false", DAY, "2026-02-30T00:00:00Z", "&#10;", "a\tb", "\\", "{}", ""]
    ),
)
keys = st.one_of(
    st.sampled_from(
        ["a", "b", "org:resource", "concept:name", "time:timestamp", "identity:id", 'q"'.replace('"', "")]
    ),
    escaped,
)


@st.composite
def attribute(draw: st.DrawFn, depth: int = 1) -> str:
    kind = draw(
        st.sampled_from(["string", "date", "int", "float", "boolean", "id", "list", "container", "other"])
    )
    quote = draw(st.sampled_from(['"', '"', '"', "'"]))
    key = draw(keys).replace(quote, "")
    value = draw(values).replace(quote, "")
    given = f" key={quote}{key}{quote}" + (
        "" if kind in ("list", "container") else f" value={quote}{value}{quote}"
    )
    inside = (
        "".join(draw(st.lists(attribute(depth=depth - 1), max_size=2)))
        if depth and draw(st.booleans())
        else ""
    )
    if kind == "list" and inside:
        inside = f"<values>{inside}</values>"
    space = draw(st.sampled_from(["", "\n", " "]))
    return f"<{kind}{given}{space}/>" if not inside else f"<{kind}{given}>{inside}</{kind}>{space}"


plainly = st.builds(
    '\n<{} key="{}" value="{}"/>'.format,
    st.sampled_from(["string", "int", "float"]),
    st.sampled_from("abc"),
    st.sampled_from(["1", "2.5"]),
)
attributes = st.lists(
    st.one_of(plainly, plainly, attribute()), max_size=4, unique_by=lambda a: a.split("key=")[1][:12]
)
events = attributes.map(lambda a: f"<event>{''.join(a)}</event>")
others = st.sampled_from(
    ["<!-- <trace> -->", "\n", "  ", "<global scope='event'/>", "<trace/>", "<event/>", "<?a b?>"]
)
traces = st.builds(
    lambda own, of: f"<trace>{''.join(own)}{''.join(of)}</trace>", attributes, st.lists(events, max_size=3)
)
logs = st.lists(st.one_of(traces, traces, others), max_size=5).map(lambda t: log(*t))
quietly = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@quietly
@given(logs)
def test_all_ways_read_alike(tmp_path_factory: pytest.TempPathFactory, text: str):
    by_kernel, by_parser = both_ways(text.encode(), tmp_path_factory.mktemp("log"))
    by_tree = read_by_tree(text.encode())
    assert by_parser == by_tree
    assert by_kernel == by_tree


@quietly
@given(logs, st.data())
def test_what_is_spoilt_is_refused_or_read_alike(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
):
    """A byte changed, taken out or put in; or the end cut off."""
    content = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(len(HEAD) - 5, max(len(HEAD), len(content) - 1)))
        new = data.draw(st.one_of(st.sampled_from(b"<>/&;'\"= \n!-[]?\x00\x1f\xc3\xff"), st.integers(0, 255)))
        assume(new != ord(":"))  # ElementTree asks for namespaces
        match data.draw(st.sampled_from(["change", "take", "put", "cut"])):
            case "change" if at < len(content):
                content[at] = new
            case "take":
                del content[at : at + 1]
            case "put":
                content.insert(at, new)
            case "cut":
                del content[at:]
    assume(b"<!DOC" not in content)
    by_kernel, by_parser = both_ways(bytes(content), tmp_path_factory.mktemp("log"))
    try:
        by_tree = read_by_tree(bytes(content))
    except ParseError:
        by_tree = None
    expected = InvalidInput if by_tree is None else by_tree
    assert by_parser == expected
    assert by_kernel == expected


def test_many_traces_that_are_not_plain_cost_no_more_than_the_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    use(monkeypatch, "kernel")
    calls = 0
    real = plain.scanning.read_traces

    def counted(*given: object) -> bool:
        nonlocal calls
        calls += 1
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(plain.scanning, "read_traces", counted)
    path = written(tmp_path / "log.xes", log(*(trace(f"c&amp;{i}", event("e", DAY)) for i in range(2000))))
    assert len(read(path, tmp_path)) == 2000
    assert calls < 60


@pytest.mark.parametrize("end", ["</log", "</trace></log>", ""])
def test_a_cut_end_is_told(way: str, tmp_path: Path, end: str):
    text = log(trace("a", event("e", DAY)), trace("b", event("e", DAY)))
    path = written(tmp_path / "log.xes", text[: text.index("</trace>") + 20] + end)
    with pytest.raises(InvalidInput) as error:
        read(path, tmp_path)
    assert isinstance(error.value, DamagedFile) or "not well-formed" in error.value.message
