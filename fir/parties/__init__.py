"""Who: the Parties to the Code, their people and keys, and what each may do for whom.

A grant is person × permission × Party; a key carries its own permissions. Whoever acts is an
`Actor`: a person or a key, for one Party.
"""
