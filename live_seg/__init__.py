"""A webcam goes in, the person stays, the room is blurred or replaced."""
