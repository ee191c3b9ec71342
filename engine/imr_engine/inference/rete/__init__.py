"""The rete reading: criteria compiled to durable_rules rulesets, and the adapter that runs them.

It shares no step with the plain reading, so that comparing the two means something.
"""

from imr_engine.inference.rete.adapter import ReteEngine, ReteResult
from imr_engine.inference.rete.check import check_compilable
from imr_engine.inference.rete.compiler import compile_rules
from imr_engine.inference.rete.program import Program

__all__ = ["Program", "ReteEngine", "ReteResult", "check_compilable", "compile_rules"]
