"""The demo world: an invented market that shows every answer FIR gives.

`parties`, `people`, `products` (of `meters` and `hubs`) and `submissions` are its facts, `listing`
and `homes` what is made of them; all of these are pure. `history` brings them to the repository
through the operations of the house, in the order of their dates, and `walkthrough` is what a
newcomer is shown.
"""
