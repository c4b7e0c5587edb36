package service

// Before is before, for tests.
var Before = before
