/// A file of label rules to begin with: every kind once, with what it means.
package let sampleLabelRules = #"""
  # Label rules: the first rule that takes an example decides, alone. What no rule takes has no label.
  # Remove what your data does not have; docs/label-rules.md has every key.
  # Fields are named by their name or by a JSON pointer, in the record or in each of its messages.

  rules:
    # A field with values of your own. Types count: true is not "true".
    - kind: field
      field: /meta/resolved
      desirable: true
      undesirable: [false, escalated]

    # Verdicts of several annotators in one row: [{by: ann, verdict: good}, …].
    - kind: annotators
      field: annotations
      verdict: verdict
      agreement: majority     # or unanimous, or minimum with a share
      desirable: [good, 1]
      undesirable: [bad, 0]

    # The thumbs of feedback widgets: label, kto_tag, feedback; with a field also reactions and their counts.
    - kind: thumbs
    - kind: thumbs
      field: reactions

    # The side of a pair, and a rank among several answers.
    - kind: pair
    - kind: rank
      desirable_to: 0         # the best one; the last one is undesirable, the others are left out

    # Words and emoji: a table that you extend.
    - kind: words
      desirable: [spot on, 🎉]
      undesirable: [nope]
      weight: 0.5             # counts half as much in training

    # Votes or ratings; what lies between the limits is left out.
    - kind: score
      field: stars
      desirable_from: 4
      undesirable_to: 2
    - kind: score
      desirable_from: 3
      undesirable_to: -1

  """#
