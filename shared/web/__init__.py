"""HTTP: the application, its errors, decoding and documents that all services share; knows no business."""
