"""Which topics the labels and the text of an issue name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.topics import named

TOPICS = ("DNS", "load balancer", "C++", "c#", "node.js", "go", "日本語")


@pytest.mark.parametrize(
    ("label", "topics"),
    [
        ("dns", {"DNS"}),
        ("area: DNS", {"DNS"}),
        ("area/dns", {"DNS"}),
        ("dnssec", set()),
        ("load-balancer", {"load balancer"}),
        ("Load_Balancer", {"load balancer"}),
        ("balancer load", set()),
        ("c++", {"C++"}),
        ("c", set()),
        ("", set()),
        ("🚀", set()),
    ],
)
def test_a_label_names_a_topic_by_its_words(label: str, topics: set[str]) -> None:
    assert named(TOPICS, labels=[label], text="") == topics


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("My DNS, and the load\nbalancer, fail.", {"DNS", "load balancer"}),
        ("It is written in C#.", {"c#"}),
        ("It is written in C.", set()),
        ("It runs on Node.js", {"node.js"}),
        ("It is going well", set()),
        ("```\ndns: no answer\n```", {"DNS"}),
        ("> dns?\n\nyes", {"DNS"}),
        ("<!-- Is it about dns or go? -->\nNothing works.", set()),
        ("Nothing works.\n<!-- dns, go", set()),
        ("日本語 で", {"日本語"}),
    ],
)
def test_a_text_names_a_topic_by_its_words(text: str, topics: set[str]) -> None:
    assert named(TOPICS, labels=[], text=text) == topics


def test_words_of_two_places_do_not_stand_together() -> None:
    assert named(TOPICS, labels=["load", "balancer"], text="go") == {"go"}
    assert named(TOPICS, labels=["load"], text="balancer") == set()


def test_a_topic_without_words_is_never_named() -> None:
    assert named(["!!", "-"], labels=["!!"], text="- !!") == set()


def test_topics_come_back_as_the_file_writes_them() -> None:
    assert named(["Docker", "docker"], labels=["DOCKER"], text="") == {"Docker", "docker"}


def test_long_texts_are_read_in_time() -> None:
    begun = time.process_time()
    named(["go"] * 1000, labels=["x"] * 100, text="a <!-- b " * 7000)
    assert time.process_time() - begun < 3


words = st.text("abc+#. ", max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.lists(words, max_size=4), st.lists(words, max_size=3), words)
def test_more_to_read_never_names_less(topics: list[str], labels: list[str], text: str) -> None:
    found = named(topics, labels=labels, text=text)
    assert found <= set(topics)
    assert found <= named(topics, labels=[*labels, "another"], text=f"{text}\n\nanother")
