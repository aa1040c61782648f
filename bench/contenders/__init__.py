"""What our ladder is compared with: generic models in OR-Tools, and policies that rank locations.

The models are written as an engineer with time to do it well would write them; see
`bench.contenders.arc_model` for what they contain.
"""
