"""Local copies of facts that identity owns: units and persons."""
