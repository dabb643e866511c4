"""Response by the criteria of the International Myeloma Working Group: from laboratory values, or as recorded."""
