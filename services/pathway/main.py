"""Which HTTP application does pathway serve? `python -m uvicorn services.pathway.main:app`."""

import os
from functools import partial

from services.pathway.settings import read_settings
from services.pathway.wiring import api

app = api(partial(read_settings, os.environ))
