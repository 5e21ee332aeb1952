"""How does a service speak HTTP? One shape of application, of errors, of decoding; knows no business."""
