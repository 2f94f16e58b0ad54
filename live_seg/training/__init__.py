"""From folders of pictures to a network: readers, composition of webcam frames, losses, the training loop.

    readers ──Sample──▶ Bank ──▶ compose ──batch──▶ loop ──▶ experiments/expN

Needs the [train] extra, but for the readers and the splits.
"""
