// Package slacktest is a Slack for tests: the Web API as far as the network uses it, files, and Socket Mode. Slack's own libraries
// for JavaScript are run against it too, so that it is what they take for Slack.
package slacktest
