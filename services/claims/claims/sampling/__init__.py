"""Sampling (抽检, P.06): decisions of the rules that people look at afterwards, by risk and at random."""
