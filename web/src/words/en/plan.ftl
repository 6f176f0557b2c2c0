# The plan as it is read.
plan-caption = The plan: { $columns }
plan-add = Add a row
plan-empty = The plan has no row yet.
plan-struck = struck through
plan-from = from what { $name } offered
plan-field-empty = Still open
plan-offer-row = Offer something for the plan
plan-can-offer = I can offer…
plan-offer-change = Say what should be different
plan-my-part-of = { $n } of { $count }
plan-whole = The whole plan
