// Package api finds the control API (puente.control.v1) that a command is meant for, and asks it.
//
//	there, err := api.Find(api.Target{}, os.Getenv, out)
//	answer, err := api.Ask(ctx, api.AnswerWithin, api.NewClient(there).System.Status, &controlv1.StatusRequest{})
//
// It is the one that --api names, that of the environment, or that of a bridge which runs on this machine. What is asked is the business
// of package operate.
package api
