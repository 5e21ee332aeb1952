"""HTTP: one shape of application, of errors and of decoding; knows no business."""
