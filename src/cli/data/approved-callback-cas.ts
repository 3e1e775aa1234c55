/** A certificate authority from which MTN takes callback certificates: its name in MTN's list, and its subject. */
export interface ApprovedCallbackCa {
  readonly alias: string;
  readonly subject: string;
}

/**
 * MTN's list, as published: some authorities stand in it twice, under two aliases. Source: MTN developer portal, list of
 * approved callback certificate authorities, read in September 2026. MTN adds to it without notice.
 */
export const approvedCallbackCas: readonly ApprovedCallbackCa[] = [
  {
    alias: 'amazon_root_ca_1_starfield_services_root_certificate_authority_g2',
    subject: 'CN=Amazon Root CA 1, O=Amazon, C=US',
  },
  { alias: 'amazonrca4', subject: 'CN=Amazon Root CA 4, O=Amazon, C=US' },
  { alias: 'amazonintermediatecert', subject: 'CN=Amazon RSA 2048 M01, O=Amazon, C=US' },
  { alias: 'amazon_rsa_2048_m02_amazon_root_ca_1', subject: 'CN=Amazon RSA 2048 M02, O=Amazon, C=US' },
  { alias: 'amazon_rsa_2048', subject: 'CN=Amazon RSA 2048 M03, O=Amazon, C=US' },
  { alias: 'amazonca1b', subject: 'CN=Amazon, OU=Server CA 1B, O=Amazon, C=US' },
  {
    alias: 'certum_domain_validation_ca_sha2_certum_trusted_network_ca',
    subject:
      'CN=Certum Domain Validation CA SHA2, OU=Certum Certification Authority, O=Unizeto Technologies S.A., C=PL',
  },
  {
    alias: 'comodo_rsa_domain_validation_secure_server_ca',
    subject:
      'CN=COMODO RSA Domain Validation Secure Server CA, O=COMODO CA Limited, L=Salford, ST=Greater Manchester, C=GB',
  },
  {
    alias: 'digicert global g2 tls rsa sha256 2020 ca1',
    subject: 'CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1, O=DigiCert Inc, C=US',
  },
  {
    alias: 'digicert global root g2',
    subject: 'CN=DigiCert Global Root G2, OU=www.digicert.com, O=DigiCert Inc, C=US',
  },
  {
    alias: 'digicert_sha2_high_assurance_server_ca',
    subject: 'CN=DigiCert SHA2 High Assurance Server CA, OU=www.digicert.com, O=DigiCert Inc, C=US',
  },
  { alias: 'digicert_sha2_secure_server_ca', subject: 'CN=DigiCert SHA2 Secure Server CA, O=DigiCert Inc, C=US' },
  { alias: 'digicert_tls_rsa_sha256_2020_ca1', subject: 'CN=DigiCert TLS RSA SHA256 2020 CA1, O=DigiCert Inc, C=US' },
  { alias: 'e1', subject: 'CN=DPDHL Global TLS CA - I5, O=Deutsche Post AG, C=DE' },
  { alias: 'encryption_everywhere_dv_tls_ca_-_g1', subject: 'CN=DPDHL Global TLS CA - I5, O=Deutsche Post AG, C=DE' },
  { alias: 'e7', subject: "CN=E7, O=Let's Encrypt, C=US" },
  {
    alias: 'encryption everywhere dv tls ca - g1',
    subject: 'CN=Encryption Everywhere DV TLS CA - G1, OU=www.digicert.com, O=DigiCert Inc, C=US',
  },
  { alias: 'ee_ca-g2', subject: 'CN=Encryption Everywhere DV TLS CA - G2, OU=www.digicert.com, O=DigiCert Inc, C=US' },
  {
    alias: 'entrustl1k_.entrustrootca-g2',
    subject:
      'CN=Entrust Certification Authority - L1K, OU="(c) 2012 Entrust, Inc. - for authorized use only", OU=See www.entrust.net/legal-terms, O="Entrust, Inc.", C=US',
  },
  { alias: 'entrust_ov_tls-issuing_rsa_ca_1', subject: 'CN=Entrust OV TLS Issuing RSA CA 1, O=SSL Corporation, C=US' },
  { alias: 'gandi_ca3', subject: 'CN=Gandi RSA Domain Validation Secure Server CA 3, O=Gandi, C=FR' },
  {
    alias: 'geotrust_ev_rsa_ca_2018',
    subject: 'CN=GeoTrust EV RSA CA 2018, OU=www.digicert.com, O=DigiCert Inc, C=US',
  },
  {
    alias: 'geotrust_global_tls_rsa4096_sha256_2022_ca1',
    subject: 'CN=GeoTrust Global TLS RSA4096 SHA256 2022 CA1, O="DigiCert, Inc.", C=US',
  },
  { alias: 'geotrust_rsa_ca_2018', subject: 'CN=GeoTrust RSA CA 2018, OU=www.digicert.com, O=DigiCert Inc, C=US' },
  { alias: 'geostrust_ca_g1', subject: 'CN=GeoTrust TLS RSA CA G1, OU=www.digicert.com, O=DigiCert Inc, C=US' },
  { alias: 'globalsign_ca_r3', subject: 'CN=GlobalSign Atlas R3 DV TLS CA 2024 Q3, O=GlobalSign nv-sa, C=BE' },
  { alias: 'globalsign_ca_r6', subject: 'CN=GlobalSign GCC R6 AlphaSSL CA 2023, O=GlobalSign nv-sa, C=BE' },
  {
    alias: 'globalsign_gcc_r6_alphassl_ca_2025',
    subject: 'CN=GlobalSign GCC R6 AlphaSSL CA 2025, O=GlobalSign nv-sa, C=BE',
  },
  { alias: 'globalsign_rsa_ov_ssl_ca_2018', subject: 'CN=GlobalSign RSA OV SSL CA 2018, O=GlobalSign nv-sa, C=BE' },
  {
    alias: 'go daddy secure certificate authority - g2',
    subject:
      'CN=Go Daddy Secure Certificate Authority - G2, OU=http://certs.godaddy.com/repository/, O="GoDaddy.com, Inc.", L=Scottsdale, ST=Arizona, C=US',
  },
  {
    alias: 'go daddy secure certificate authority - g2.crt',
    subject:
      'CN=Go Daddy Secure Certificate Authority - G2, OU=http://certs.godaddy.com/repository/, O="GoDaddy.com, Inc.", L=Scottsdale, ST=Arizona, C=US',
  },
  {
    alias: 'go_daddy_secure_certificate_authority_-_g2',
    subject:
      'CN=Go Daddy Secure Certificate Authority - G2, OU=http://certs.godaddy.com/repository/, O="GoDaddy.com, Inc.", L=Scottsdale, ST=Arizona, C=US',
  },
  { alias: 'gogetssl_rsa_dv_ca', subject: 'CN=GoGetSSL RSA DV CA, O=GoGetSSL, L=Riga, C=LV' },
  { alias: 'gts_ca_1c3', subject: 'CN=GTS CA 1C3, O=Google Trust Services LLC, C=US' },
  { alias: 'gts_ca_1d4', subject: 'CN=GTS CA 1D4, O=Google Trust Services LLC, C=US' },
  { alias: 'isrg root x1_new1', subject: 'CN=ISRG Root X1, O=Internet Security Research Group, C=US' },
  { alias: 'azure_rsa_ca3', subject: 'CN=Microsoft Azure RSA TLS Issuing CA 03, O=Microsoft Corporation, C=US' },
  { alias: 'azure_rsa_ca7', subject: 'CN=Microsoft Azure RSA TLS Issuing CA 07, O=Microsoft Corporation, C=US' },
  { alias: 'alpayintermediate', subject: 'CN=RapidSSL Global TLS RSA4096 SHA256 2022 CA1, O="DigiCert, Inc.", C=US' },
  {
    alias: 'rapidssl global tls rsa4096 sha256 2022 ca1.crt',
    subject: 'CN=RapidSSL Global TLS RSA4096 SHA256 2022 CA1, O="DigiCert, Inc.", C=US',
  },
  { alias: 'rapidssl_tls_rsa_ca_g1', subject: 'CN=RapidSSL TLS RSA CA G1, OU=www.digicert.com, O=DigiCert Inc, C=US' },
  {
    alias: 'sectigo_ecc_domain_validation_secure_server_ca',
    subject:
      'CN=Sectigo ECC Domain Validation Secure Server CA 2, O=Sectigo Limited, L=Salford, ST=Greater Manchester, C=GB',
  },
  {
    alias: 'sectigo_public_server_authentication_ca_dv_r36',
    subject: 'CN=Sectigo Public Server Authentication CA DV R36, O=Sectigo Limited, C=GB',
  },
  {
    alias: 'sectigo_rsa_domain_validation_secure_server_ca',
    subject:
      'CN=Sectigo RSA Domain Validation Secure Server CA, O=Sectigo Limited, L=Salford, ST=Greater Manchester, C=GB',
  },
  {
    alias: 'sectigo_rsa_organization_validation_secure_server_ca',
    subject:
      'CN=Sectigo RSA Organization Validation Secure Server CA, O=Sectigo Limited, L=Salford, ST=Greater Manchester, C=GB',
  },
  { alias: 'ssl.com_rsa_ssl_subca', subject: 'CN=SSL.com RSA SSL subCA, O=SSL Corporation, L=Houston, ST=Texas, C=US' },
  {
    alias: 'starfield_services_root_certificate_authority_g2',
    subject:
      'CN=Starfield Services Root Certificate Authority - G2, O="Starfield Technologies, Inc.", L=Scottsdale, ST=Arizona, C=US',
  },
  {
    alias: '3pp_ca-bundle',
    subject:
      'CN=Starfield Services Root Certificate Authority, OU=http://certificates.starfieldtech.com/repository/, O="Starfield Technologies, Inc.", L=Scottsdale, ST=Arizona, C=US',
  },
  { alias: 'thawte_ev_rsa_ca_2018', subject: 'CN=Thawte EV RSA CA 2018, OU=www.digicert.com, O=DigiCert Inc, C=US' },
  { alias: 'digicert_g_r2', subject: 'CN=Thawte EV RSA CA G2, O=DigiCert Inc, C=US' },
  { alias: 'thawte_rsa_ca_2018', subject: 'CN=Thawte RSA CA 2018, OU=www.digicert.com, O=DigiCert Inc, C=US' },
  {
    alias: 'thawte_tls_rsa_ca_g1_digicert_global_root_g2',
    subject: 'CN=Thawte TLS RSA CA G1, OU=www.digicert.com, O=DigiCert Inc, C=US',
  },
  {
    alias: 'usertrust_rsa_certification_authority',
    subject: 'CN=USERTrust RSA Certification Authority, O=The USERTRUST Network, L=Jersey City, ST=New Jersey, C=US',
  },
  { alias: 'we1', subject: 'CN=WE1, O=Google Trust Services, C=US' },
  { alias: 'we1_gts', subject: 'CN=WE1, O=Google Trust Services, C=US' },
  { alias: 'we2', subject: 'CN=WE2, O=Google Trust Services, C=US' },
  { alias: 'wr2', subject: 'CN=WR2, O=Google Trust Services, C=US' },
  { alias: 'wr3', subject: 'CN=WR3, O=Google Trust Services, C=US' },
  { alias: 'wr4', subject: 'CN=WR4, O=Google Trust Services, C=US' },
  { alias: 'zerossl_rsa_domain_secure_site_ca', subject: 'CN=ZeroSSL RSA Domain Secure Site CA, O=ZeroSSL, C=AT' },
  {
    alias: 'viking_ca1',
    subject: 'CN="Viking Cloud Organization Validation CA, Level 1", O="Viking Cloud, Inc.", C=US',
  },
];
