package sendertest

import (
	"encoding/json"
	"errors"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Receive reads a verified call with a network's own Receive, for an account given as the JSON object of the configuration.
func Receive(network provider.Driver, account json.RawMessage, c webhook.Call) ([]provider.Event, error) {
	bound, err := network.Bind(account)
	if err != nil {
		return nil, err
	}
	if bound.Receive == nil {
		return nil, errors.New("the network reads no calls")
	}
	return bound.Receive(c)
}

// OpenAt makes the sender of an account with a host of the test's own, and checks nothing beforehand.
func OpenAt(network provider.Driver, account json.RawMessage, h provider.Host) (provider.Sender, error) {
	bound, err := network.Bind(account)
	if err != nil {
		return nil, err
	}
	return bound.Open(h)
}
