"""What Manufacturers bring: submissions, the rules they keep, and the Administrator's decision.

The busiest room of the house: `operations.approve_submission` lists, publishes, decides and tells,
all in one transaction.
"""
