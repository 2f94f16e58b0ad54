"""Learning from another network: from its mattes, and from what it sees on the way to them."""

from live_seg.training.teaching.answers import Answers, ask_once
from live_seg.training.teaching.arrange import arrange_lessons
from live_seg.training.teaching.lessons import Lessons
from live_seg.training.teaching.teacher import Teacher

__all__ = ["Answers", "Lessons", "Teacher", "arrange_lessons", "ask_once"]
