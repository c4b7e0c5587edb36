package whatsapp

import "github.com/bonychat/puente/pkg/reason"

// said is all that WhatsApp's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"WhatsApp did not answer",
		"WhatsApp no ha respondido")
	outOfOrderNow = said.New("out_of_order", reason.Network,
		"WhatsApp is out of order",
		"WhatsApp no funciona en este momento")
	outOfOrder = said.New("out_of_order_code", reason.Network,
		"WhatsApp is out of order ({code})",
		"WhatsApp no funciona en este momento ({code})")
	notWhatsApp = said.New("stranger", reason.Network,
		"something other than WhatsApp answers",
		"responde algo que no es WhatsApp")
	notConfirmed = said.New("not_confirmed", reason.Network,
		"WhatsApp did not confirm the change",
		"WhatsApp no ha confirmado el cambio")
	refusesToken = said.New("token_refused", reason.Setup,
		"WhatsApp refuses the access token",
		"WhatsApp rechaza el token de acceso")
	tokenRefused = said.New("token_refused_code", reason.Setup,
		"WhatsApp refuses the access token ({code})",
		"WhatsApp rechaza el token de acceso ({code})")
	notAllowedHere = said.New("token_not_allowed", reason.Setup,
		"the access token may not do this",
		"el token de acceso no tiene permiso para hacer esto")
	tokenMayNot = said.New("token_not_allowed_code", reason.Setup,
		"the access token may not do this ({code})",
		"el token de acceso no tiene permiso para hacer esto ({code})")
	numberDeleted = said.New("number_deleted", reason.Setup,
		"the business phone number was deleted ({code})",
		"el número de la empresa se ha eliminado ({code})")
	tokenEnded = said.New("token_ended", reason.Setup,
		"the access token has ended or was withdrawn ({code})",
		"el token de acceso ha caducado o se ha retirado ({code})")
	locked = said.New("account_locked", reason.Setup,
		"the WhatsApp Business account is locked: see the WhatsApp Manager ({code})",
		"la cuenta de WhatsApp Business está bloqueada: consulte el Administrador de WhatsApp ({code})")
	nameNotApproved = said.New("name_not_approved", reason.Setup,
		"the number's display name is not approved: see the WhatsApp Manager ({code})",
		"el nombre visible del número no está aprobado: consulte el Administrador de WhatsApp ({code})")
	notRegistered = said.New("number_not_registered", reason.Setup,
		"the business phone number is not registered with the Cloud API ({code})",
		"el número de la empresa no está registrado en la Cloud API ({code})")
	noSuchNumber = said.New("no_such_number", reason.Setup,
		"WhatsApp knows no such phone_number_id, or the access token may not use it",
		"WhatsApp no conoce ese phone_number_id, o el token de acceso no puede usarlo")
	wrongAppSecret = said.New("wrong_app_secret", reason.Setup,
		"the app_secret is not that of the app that the access token was made for",
		"el app_secret no es el de la aplicación para la que se creó el token de acceso")
	callRefused = said.New("call_refused", reason.Setup,
		"WhatsApp refused a call that is about no message ({code})",
		"WhatsApp ha rechazado una llamada que no es de ningún mensaje ({code})")
	appCalls = said.New("too_many_app_calls", reason.Network,
		"too many calls by the app ({code})",
		"demasiadas llamadas de la aplicación ({code})")
	accountCalls = said.New("too_many_account_calls", reason.Network,
		"too many calls for the WhatsApp Business account ({code})",
		"demasiadas llamadas de la cuenta de WhatsApp Business ({code})")
	numberRate = said.New("number_rate", reason.Network,
		"too many messages from this number at once ({code})",
		"demasiados mensajes seguidos desde este número ({code})")
	registeredTooOften = said.New("registered_too_often", reason.Setup,
		"the number was registered and deregistered too often ({code})",
		"el número se ha registrado y dado de baja demasiadas veces ({code})")
	contactRate = said.New("contact_rate", reason.Network,
		"too many messages to this contact at once ({code})",
		"demasiados mensajes seguidos a este contacto ({code})")
	unexplained = said.New("unexplained", reason.Network,
		"WhatsApp does not say what is wrong ({code})",
		"WhatsApp no dice qué ha fallado ({code})")
	upgrading = said.New("number_upgrading", reason.Network,
		"the business phone number is being moved to a higher throughput ({code})",
		"el número de la empresa se está pasando a una capacidad mayor ({code})")
	challengeFailed = said.New("challenge_failed", reason.Setup,
		"Meta called public_url and was not answered its challenge ({code})",
		"Meta ha llamado a public_url y no ha recibido la respuesta de verificación ({code})")
	notTaken = said.New("not_taken", reason.Agent,
		"WhatsApp does not take the message, or the number is not one of WhatsApp ({code})",
		"WhatsApp no acepta el mensaje, o el número no es de WhatsApp ({code})")
	experiment = said.New("experiment", reason.Contact,
		"the contact takes part in an experiment of WhatsApp's and gets no marketing messages ({code})",
		"el contacto participa en un experimento de WhatsApp y no recibe mensajes de marketing ({code})")
	countryNotAllowed = said.New("country_not_allowed", reason.Setup,
		"the business may not write to contacts of this country ({code})",
		"la empresa no puede escribir a contactos de este país ({code})")
	somethingMissing = said.New("something_missing", reason.Puente,
		"WhatsApp misses something in the message ({code})",
		"a WhatsApp le falta algo en el mensaje ({code})")
	badValue = said.New("bad_value", reason.Agent,
		"WhatsApp does not take a value in the message ({code})",
		"WhatsApp no acepta un dato del mensaje ({code})")
	ownNumber = said.New("own_number", reason.Agent,
		"the business cannot write to its own number ({code})",
		"la empresa no puede escribir a su propio número ({code})")
	undeliverable = said.New("undeliverable", reason.Contact,
		"the message cannot be delivered: the number is not on WhatsApp, or its app is too old, or its owner has blocked the business or not accepted WhatsApp's terms ({code})",
		"el mensaje no se puede entregar: el número no está en WhatsApp, su aplicación es muy antigua, o su dueño ha bloqueado a la empresa o no ha aceptado las condiciones de WhatsApp ({code})")
	testNumber = said.New("test_number", reason.Setup,
		"a test number writes only to the numbers on its list: add the contact's in the app's dashboard, under WhatsApp, API Setup ({code})",
		"un número de prueba solo escribe a los números de su lista: añada el del contacto en el panel de la aplicación, en WhatsApp, API Setup ({code})")
	payment = said.New("payment", reason.Setup,
		"WhatsApp charges for this message and the business account's payment method fails: see the WhatsApp Manager ({code})",
		"WhatsApp cobra este mensaje y falla el método de pago de la cuenta de empresa: consulte el Administrador de WhatsApp ({code})")
	windowClosed = said.New("window_closed", reason.Agent,
		"the contact has not written for 24 hours, so WhatsApp takes no free message: wait for the contact to write, or send a short text, which goes as the channel's template where it has one ({code})",
		"el contacto lleva 24 horas sin escribir y WhatsApp no admite mensajes libres: espere a que escriba o envíe un texto corto, que saldrá con la plantilla del canal si la tiene ({code})")
	reputation = said.New("number_limited", reason.Setup,
		"WhatsApp limits this number, since many people blocked or reported it: try again later ({code})",
		"WhatsApp limita este número porque muchas personas lo han bloqueado o denunciado: inténtelo más tarde ({code})")
	marketingLimit = said.New("marketing_limit", reason.Contact,
		"WhatsApp keeps the contact from getting more marketing messages for now: try again tomorrow ({code})",
		"WhatsApp no deja que el contacto reciba más mensajes de marketing por ahora: inténtelo mañana ({code})")
	noMarketing = said.New("no_marketing", reason.Contact,
		"the contact wants no marketing messages from this business ({code})",
		"el contacto no quiere mensajes de marketing de esta empresa ({code})")
	kindNotTaken = said.New("kind_not_taken", reason.Agent,
		"WhatsApp does not take messages of this kind ({code})",
		"WhatsApp no admite mensajes de este tipo ({code})")
	incomingFile = said.New("incoming_file", reason.Contact,
		"WhatsApp could not have the file from the contact's app ({code})",
		"WhatsApp no ha podido obtener el archivo de la aplicación del contacto ({code})")
	mediaNotTaken = said.New("media_not_taken", reason.Agent,
		"WhatsApp cannot fetch the file, or does not take its kind or size: send it as a document, or as a link ({code})",
		"WhatsApp no puede obtener el archivo, o no admite su tipo o tamaño: envíelo como documento o como enlace ({code})")
	numberHidden = said.New("number_hidden", reason.Contact,
		"WhatsApp takes this message only for a phone number, which the contact hides ({code})",
		"WhatsApp solo admite este mensaje para un número de teléfono, y el contacto lo oculta ({code})")
	templateParameter = said.New("template_parameter", reason.Setup,
		"the template's body does not have exactly one parameter ({code})",
		"el cuerpo de la plantilla no tiene exactamente un parámetro ({code})")
	noTemplate = said.New("no_template", reason.Setup,
		"there is no approved template of this name in this language ({code})",
		"no hay ninguna plantilla aprobada con este nombre en este idioma ({code})")
	templateTooLong = said.New("template_too_long", reason.Agent,
		"the text is too long for the template ({code})",
		"el texto es demasiado largo para la plantilla ({code})")
	templateRules = said.New("template_rules", reason.Setup,
		"the template breaks WhatsApp's rules in this language ({code})",
		"la plantilla incumple las normas de WhatsApp en este idioma ({code})")
	templateNotText = said.New("template_not_text", reason.Setup,
		"the template's parameter is not a text ({code})",
		"el parámetro de la plantilla no es un texto ({code})")
	templatePaused = said.New("template_paused", reason.Setup,
		"WhatsApp paused the template, since people disliked it ({code})",
		"WhatsApp ha pausado la plantilla porque no gustaba a quienes la recibían ({code})")
	templateDisabled = said.New("template_disabled", reason.Setup,
		"WhatsApp disabled the template, since people disliked it ({code})",
		"WhatsApp ha desactivado la plantilla porque no gustaba a quienes la recibían ({code})")
	templateText = said.New("template_text", reason.Agent,
		"the template does not take the text ({code})",
		"la plantilla no admite el texto ({code})")
	notTakenUnsaid = said.New("not_taken_unsaid", reason.Network,
		"WhatsApp does not take the message and does not say why ({code})",
		"WhatsApp no acepta el mensaje y no dice por qué ({code})")
	refusedMessage = said.New("refused", reason.Network,
		"WhatsApp refused the message ({code})",
		"WhatsApp ha rechazado el mensaje ({code})")
	notDelivered = said.New("not_delivered", reason.Network,
		"WhatsApp did not deliver the message and does not say why",
		"WhatsApp no ha entregado el mensaje y no dice por qué")
	unknownAttachment = said.New("unknown_attachment", reason.Puente,
		"this version cannot send such an attachment to WhatsApp",
		"esta versión no puede enviar este tipo de adjunto a WhatsApp")
	noFileAddress = said.New("no_file_address", reason.Agent,
		"the attachment has no address",
		"el adjunto no tiene dirección")
	fileTooLarge = said.New("file_too_large", reason.Agent,
		"the file is larger than the 100 MB that WhatsApp takes",
		"el archivo supera los 100 MB que admite WhatsApp")
	gone = said.New("file_gone", reason.Network,
		"WhatsApp no longer has the file: it keeps what contacts send for 7 days",
		"WhatsApp ya no tiene el archivo: guarda 7 días lo que envían los contactos")
	notHandedOut = said.New("file_withheld", reason.Network,
		"WhatsApp does not hand the file out",
		"WhatsApp no entrega el archivo")
	notHandedOutNow = said.New("file_unavailable", reason.Network,
		"WhatsApp does not hand the file out at the moment",
		"WhatsApp no entrega el archivo en este momento")
	unknownContent = said.New("unknown_content", reason.Puente,
		"this version cannot send such a message to WhatsApp",
		"esta versión no puede enviar este tipo de mensaje a WhatsApp")
	noNumber = said.New("no_number", reason.Agent,
		"a WhatsApp contact is a phone number with its country code, or the user id that a message came with",
		"un contacto de WhatsApp es un número de teléfono con prefijo de país, o el identificador con el que llegó un mensaje suyo")
)
