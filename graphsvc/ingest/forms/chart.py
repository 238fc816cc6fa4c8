"""A chart of i2 Analyst's Notebook, saved as XML. Its items say what they are, so that it needs no mapping."""

from __future__ import annotations

from graphsvc.ingest.forms.form import FileForm
from graphsvc.ingest.i2.anx import is_anx
from graphsvc.ingest.i2.chart import read_chart

FORMS = [
    FileForm(
        order=3,
        name="an .anx chart",
        suffixes=(".anx",),
        advice="save the chart as Analyst's Notebook XML",
        recognises=is_anx,
        chart=read_chart,
    )
]
