/// Plans, differences and trials of a network in words, tables and JSON, in both languages.
///
/// ``PlanReport`` tells of a `NetworkPlan` (loads, failures), ``DiffReport`` of a `NetworkDiff`, ``WhatIfReport`` of plans before and after
/// changes.
///
/// May import `Basics`, `Topology` and `Documents`.
public enum Reports {}
