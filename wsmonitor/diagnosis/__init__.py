"""From facts to findings: the evidence, the rules, their confidence and advice. Pure."""
