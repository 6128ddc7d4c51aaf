// Intuit's own OAuth client for Node drives the stand-in; what it got is printed as JSON.

const OAuthClient = require("intuit-oauth");

const asked = JSON.parse(process.argv[2]);
OAuthClient.authorizeEndpoint = `${asked.root}/connect/oauth2`;
OAuthClient.tokenEndpoint = `${asked.root}/oauth2/v1/tokens/bearer`;
OAuthClient.revokeEndpoint = `${asked.root}/v2/oauth2/tokens/revoke`;
OAuthClient.userinfo_endpoint_sandbox = `${asked.root}/v1/openid_connect/userinfo`;
OAuthClient.jwks_uri = `${asked.root}/op/v1/jwks`;
OAuthClient.environment.sandbox = `${asked.root}/`;

const client = new OAuthClient({
  clientId: asked.id,
  clientSecret: asked.secret,
  environment: "sandbox",
  redirectUri: asked.redirect,
  includeRefreshTokenHardExpiresIn: true,
});

async function main() {
  const got = {};
  const scope = [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId];
  const page = client.authorizeUri({ scope, state: "state-1" });
  const pressed = await fetch(page, {
    method: "POST",
    body: new URLSearchParams({ decision: "connect", company: asked.realm }),
    redirect: "manual",
  });
  const told = await client.createToken(pressed.headers.get("location"));
  got.token = [told.getJson().token_type, client.getToken().realmId];
  const refreshed = (await client.refresh()).getJson();
  got.hard_end = refreshed.x_refresh_token_hard_expires_in > 0;
  got.person = (await client.getUserInfo()).json.sub;
  const url = `${asked.root}/v3/company/${asked.realm}/companyinfo/${asked.realm}`;
  got.company = (await client.makeApiCall({ url })).json.CompanyInfo.CompanyName;
  await client.revoke();
  console.log(JSON.stringify(got));
}

main();
