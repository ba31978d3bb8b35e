"""A plugin for pytest that breaks the engine first: `-p tests.sync.breaking`, LUMI_FAULT=name."""

import os

from tests.sync.fleet import faults

if "LUMI_FAULT" in os.environ:
    faults.break_in(faults.FAULTS[os.environ["LUMI_FAULT"]])
