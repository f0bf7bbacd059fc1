from pathlib import Path

from polku.i18n.messages import messages, missing, mistakes


def test_every_message_has_a_finnish_translation():
    open_ones = missing("fi")
    stanzas = "\n\n".join(f"# src/polku/{m.slice}/fi.po\n{m.stanza}" for m in open_ones)
    assert not open_ones, f"{len(open_ones)} to translate; add to the catalogues:\n\n{stanzas}"


def test_finnish_translations_are_sound():
    assert not mistakes("fi"), "\n".join(mistakes("fi"))


def test_finds_messages_of_python_and_templates(tmp_path: Path):
    slice_ = tmp_path / "shop"
    (slice_ / "templates" / "shop").mkdir(parents=True)
    (slice_ / "pages.py").write_text('_l("Orders")\ngettext("%(name)s paid", name=1)\n')
    (slice_ / "templates" / "shop" / "page.html").write_text(
        '{{ _("Refund") }}{% trans n=2 %}{{ n }} order{% pluralize %}{{ n }} orders{% endtrans %}'
        '{{ ngettext("a day", "%(num)s days", 3) }}{{ _("Refund") }}'
    )
    found = {message.forms: message for message in messages(tmp_path)}
    assert set(found) == {
        ("Orders",),
        ("%(name)s paid",),
        ("Refund",),
        ("%(n)s order", "%(n)s orders"),
        ("a day", "%(num)s days"),
    }
    assert found["Orders",].slice == "shop"
    assert found["a day", "%(num)s days"].stanza.endswith('msgstr[0] ""\nmsgstr[1] ""')


def test_tells_what_is_missing_and_wrong(tmp_path: Path, monkeypatch):
    (tmp_path / "fi.po").write_text(
        'msgid ""\nmsgstr "Language: fi\\n"\n\n'
        'msgid "Saved."\nmsgstr ""\n\n#, fuzzy\nmsgid "Save"\nmsgstr "Tallenna"\n\n'
        'msgid "Users"\nmsgstr "Käyttäjiä 100 % n"\n\nmsgid "%(time)s left"\nmsgstr "jäljellä"\n\n'
        'msgid "Never said"\nmsgstr "Ei koskaan"\n'
    )
    monkeypatch.setattr("polku.i18n.messages.catalogue_files", lambda language: [tmp_path / "fi.po"])
    open_ones = {message.forms[0] for message in missing("fi")}
    assert {"Saved.", "Save"} <= open_ones
    assert "Users" not in open_ones
    problems = "\n".join(mistakes("fi"))
    assert "'%(time)s left': 'jäljellä' has placeholders [], the English ['time']" in problems
    assert "'Never said' is no longer said anywhere" in problems
    assert "a per cent sign is written %%" in problems
