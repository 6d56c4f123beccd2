"""Kulldorff's scan statistics: clusters in space and time, with a p-value that pays for every look.

Exact, and quick by two facts that `_walk` tells; the plain way is in `_every`.
"""

from anlan.stats.scan.many import scan_each
from anlan.stats.scan.permutation import PermutationScan
from anlan.stats.scan.poisson import PoissonScan, stratified_baseline
from anlan.stats.scan.terms import Cluster, Clusters, Share

__all__ = [
    "Cluster",
    "Clusters",
    "PermutationScan",
    "PoissonScan",
    "Share",
    "scan_each",
    "stratified_baseline",
]
