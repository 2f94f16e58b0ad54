"""matting"""
