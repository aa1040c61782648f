"""What carriers ask today: live prices of a plan's parcels, beside the rate card's.

Rate cards decide; live prices are a second opinion on what was decided, because nobody can
ask a provider for every set of items in every carton from every location (ADR 0018). A
provider that is slow, wrong or away costs a warning, never a plan.
"""
