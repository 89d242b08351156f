// The WS-Security header for soapcpp2, by hand: gSOAP's own wsse plugin would bring XML signatures along.

//gsoap wsse schema namespace: http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd
//gsoap wsse schema elementForm: qualified

class _wsse__UsernameToken {
 public:
  std::string wsse__Username 1;
  std::string wsse__Password 1;
};

class _wsse__Security {
 public:
  _wsse__UsernameToken* wsse__UsernameToken 1;
};

mutable struct SOAP_ENV__Header {
  _wsse__Security* wsse__Security 0;
};
