"""The smallest set of rules, limits and facts without which a line would be filled.

Every set is tried with the engine that plans: the request is asked again with some obstacles
taken away. Since taking away more never fills less, the sets that must be hit can be learnt one
by one (implicit hitting sets), and the first smallest hitting set that fills the line is the
answer, with a proof that no smaller one is.
"""

from __future__ import annotations
