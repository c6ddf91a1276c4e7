from work import bench, notes

__all__ = ["bench", "notes"]
